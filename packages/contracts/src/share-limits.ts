/** Most downloads of one share. */
export const MAX_SHARE_DOWNLOADS = 1_000
/** Longest time of a share, s. */
export const MAX_SHARE_SECONDS = 90 * 86_400
/** Of a share that is asked for without a time, s. */
export const DEFAULT_SHARE_SECONDS = 7 * 86_400
/** Of a share that is asked for without a number of downloads. */
export const DEFAULT_SHARE_DOWNLOADS = 10
