/** Ranges that a source is asked for start at multiples of this, bytes: parts of an upload are whole MiB. */
export const SOURCE_ALIGNMENT = 1024 * 1024

/** Most links that a container may be expanded to. */
export const MAX_EXPANDED_LINKS = 10_000
