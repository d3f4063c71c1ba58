/** What servers that know no ranges of a file say to one, while they answer a GET without. */
const STATUSES: ReadonlySet<number> = new Set([400, 403, 405, 406, 412, 416, 417, 422, 428, 500, 501])

/** Whether the answer to a range may be about the range alone, so that a plain GET is worth asking. */
export const mayRefuseRange = (status: number): boolean => STATUSES.has(status)
