/** A plugin of typedoc: modules have the names that users import, and the schemas of messages are left out. */
import { relative, sep } from 'node:path';
import { Converter, ReflectionKind } from 'typedoc';
import { publicEntries } from '../scripts/docs/entries.ts';
import { root } from '../scripts/test/command.ts';

const names = new Map(publicEntries('default').map(({ name, source }) => [source, name]));

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
  });
}
