import { type Kind, kind, refuse } from './kind.ts';

const EXPECTS = 'an array of field names';

/** Names of fields in camelCase, with dots for nested fields. snake_case is accepted. In JSON one string with commas. */
export const fieldMask: Kind<string[]> = /*#__PURE__*/ kind({
  type: 'fieldMask',
  expects: EXPECTS,
  toJson(value, problems) {
    const right = Array.isArray(value) && value.every((path) => typeof path === 'string' && !path.includes(','));
    return right ? value.map(camelCase).join() : refuse(problems, EXPECTS, value);
  },
  fromJson(json) {
    return typeof json !== 'string' ? undefined : json === '' ? [] : json.split(',').map(camelCase);
  },
});

function camelCase(path: string): string {
  return path.replace(/_([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());
}
