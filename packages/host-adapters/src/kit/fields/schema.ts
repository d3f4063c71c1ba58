import { z } from 'zod'
import { timeOf } from './dates.js'
import { amountOf, bytesOf, flagOf, numberOf, trafficOf } from './numbers.js'
import type { AmountRules } from './numbers.js'
import { textOf } from './text.js'

const read = <T>(reader: (value: unknown) => T) => z.unknown().optional().transform(reader)

/**
 * Fields for the schemas of answers: each takes whatever a host puts there and is undefined where that says
 * nothing, so that one strange field never costs the whole answer. `required…` fails instead.
 */
export const field = {
  text: read(textOf),
  number: read(numberOf),
  bytes: read(bytesOf),
  traffic: read(trafficOf),
  amount: (rules?: AmountRules) => read((value) => amountOf(value, rules)),
  flag: read(flagOf),
  time: read((value) => timeOf(value)),
  requiredText: z.string().trim().min(1),
  requiredUrl: z.url({ protocol: /^https?$/ }),
}
