import { z } from 'zod'

/*
 * The queues and what their jobs carry: ids only, since the database rows are the truth. A job of the fetch queue
 * carries no more than who asked: it wakes a worker, which takes the file whose turn it is.
 */
export const FETCH_QUEUE = 'fetch'
/** Short calls to hosts that somebody waits for: jobs `inspect`, `expand` and `check-account`. */
export const HOST_CALL_QUEUE = 'host-calls'

/**
 * Who asks, and whom: host calls are made in turns. An `accountId` of '' is the operator. `alone`: a worker died over it,
 * and it was tried while no other such thing was. `request` and `traceparent`: see RequestContext.
 */
const asked = {
  accountId: z.string().default(''),
  platform: z.string().default(''),
  alone: z.boolean().optional(),
  request: z.string().optional(),
  traceparent: z.string().optional(),
}

export const hostCallSchema = z.discriminatedUnion('call', [
  z.object({ call: z.literal('inspect'), fileId: z.uuid(), ...asked }),
  z.object({ call: z.literal('expand'), folderId: z.uuid(), ...asked }),
  z.object({ call: z.literal('check-account'), hostAccountId: z.uuid(), ...asked }),
])
export type HostCall = z.infer<typeof hostCallSchema>

/** The row that a host call is about. */
export function subjectOf(call: HostCall): string {
  switch (call.call) {
    case 'inspect':
      return call.fileId
    case 'expand':
      return call.folderId
    case 'check-account':
      return call.hostAccountId
  }
}

/**
 * How jobs of both queues are kept. BullMQ never gives up on one whose worker is gone (by default it does at the second
 * time): deaths over a file are counted in its row, those over a host call by the queue, and both end in quarantine.
 */
export const WORKER_OPTIONS = {
  lockDuration: 15_000,
  stalledInterval: 5_000,
  maxStalledCount: 1_000,
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
} as const
