/**
 * A plugin of typedoc: modules have the names that users import, the schemas of messages are left out, and a message that
 * `kaggle-ts/datasets` or `kaggle-ts/kernels` exports links to its method on the page of the service.
 */
import { relative, sep } from 'node:path';
import { Converter, ReflectionKind } from 'typedoc';
import { publicEntries } from '../scripts/docs/entries.ts';
import { root } from '../scripts/test/command.ts';

const names = new Map(publicEntries('default').map(({ name, source }) => [source, name]));

/** Replaces links to methods, which are on no page of this reference but on that of the service. */
function linkToService({ comment }, service) {
  comment?.summary.forEach((part, index) => {
    if (part.kind !== 'inline-tag' || part.tag !== '@link' || !/^[a-z]\w+$/.test(part.text)) return;
    const text = `[\`${part.text}\`](/api/kaggle-ts/services/${service}.md#${part.text.toLowerCase()})`;
    comment.summary[index] = { kind: 'text', text };
  });
}

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const fileOf = (reflection) => {
      const file = project.getSymbolIdFromReflection(reflection)?.fileName;
      return file === undefined ? '' : relative(root, file).split(sep).join('/');
    };
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
      module.name = names.get(fileOf(module)) ?? module.name;
    }
    for (const variable of project.getReflectionsByKind(ReflectionKind.Variable)) {
      if (fileOf(variable).includes('/generated/') && variable.name.endsWith('Schema')) {
        project.removeReflection(variable);
      }
    }
    for (const message of project.getReflectionsByKind(ReflectionKind.Interface | ReflectionKind.TypeAlias)) {
      const [, service] = /services\/(\w+)\/generated\//.exec(fileOf(message)) ?? [];
      const isServicePage = message.getFullName().startsWith('kaggle-ts/services/');
      if (service === undefined || isServicePage) continue;
      message.traverse((member) => linkToService(member, service));
      linkToService(message, service);
    }
  });
}
