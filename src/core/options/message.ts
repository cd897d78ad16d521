import * as v from 'valibot';
import type { Init, MessageSchema } from '../codec/message.ts';
import type { Field } from './field.ts';

/** The fields of one of Kaggle's requests, checked as typed calls are. Fields in `own` are set by the function and rejected. */
export function messageField<T, Own extends keyof T & string>(
  schema: MessageSchema<T>,
  own: readonly Own[],
): Field<Omit<Init<T>, Own>> {
  const filled = v.rawCheck<T>(({ dataset, addIssue }) => {
    const input = dataset.value as Record<string, unknown>;
    for (const key of own) {
      if (input[key] === undefined) continue;
      const item = { type: 'object' as const, origin: 'key' as const, input, key, value: input[key] };
      addIssue({ message: 'is set by the verb; leave it out', path: [item] });
    }
  });
  return v.pipe(schema, filled) as unknown as Field<Omit<Init<T>, Own>>;
}
