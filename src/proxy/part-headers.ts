import { Refusal } from './refusal.ts';

/** The headers of a request for a part of a file, with the form of their values. */
const partHeaders: Readonly<Record<string, RegExp>> = {
  range: /^bytes=(?:\d+-\d*|-\d+)$/,
  'if-range': /^(?:"[\w.+/=:-]{0,128}"|[\w ,:+-]{1,64})$/,
};

/** The headers of a request for a part that pass to Kaggle. Throws `Refusal` for those of another form. */
export function partHeadersOf({ headers }: Request): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, form] of Object.entries(partHeaders)) {
    const value = headers.get(name);
    if (value === null) continue;
    if (!form.test(value)) throw new Refusal(400, `the header ${name} has an invalid value`, name);
    found[name] = value;
  }
  return found;
}
