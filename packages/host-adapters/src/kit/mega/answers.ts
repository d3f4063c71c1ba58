import { z } from 'zod'
import { field } from '../fields/schema.js'

/** One for each command. */
export const parts = z.array(z.unknown())

/** What `f` answers: all nodes below one, itself included. */
export const nodes = z.object({
  f: z.array(
    z.object({
      h: field.text,
      p: field.text,
      t: field.number,
      a: field.text,
      k: field.text,
      s: field.bytes,
    }),
  ),
})
