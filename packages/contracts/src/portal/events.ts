import { z } from 'zod'
import { bytes } from '../fields.js'

/** Streams of events that an account may have open at a gateway process. */
export const MAX_STREAMS = 3

/** Data of an `account` event. The data of a `link` event is a listed link. */
export const accountEventSchema = z.object({ trafficLeft: bytes })
export type AccountEvent = z.infer<typeof accountEventSchema>
