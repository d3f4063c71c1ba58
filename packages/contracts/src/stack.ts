import { z } from 'zod'

/** restartedSchema is what `npm start` answers to POST /restart on its socket (`control` of ready.json). */
export const restartedSchema = z.array(
  z.object({
    app: z.string(),
    processes: z.number().int().describe('How many of them were replaced'),
  }),
)
export type Restarted = z.infer<typeof restartedSchema>
