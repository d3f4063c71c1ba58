/*
 * What objects are called:
 *
 *   <S3_PREFIX>/<installation>/<file id>/<version>     prefix and installation together are the root
 *   <file id>/<version>                                of before installations had ids
 *
 * Rows keep whole names, so what was stored under another prefix stays readable. What belongs to an upload under way
 * lies below the root of its object, and what an installation keeps there for itself is no `<file id>/<version>`.
 */

const FILE_AND_VERSION = /^(?:[^/]+\/)*[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\/[^/]+$/

/** With a slash at its end; empty for objects without. */
export function rootOf(key: string): string {
  return /^(?:.*\/)?(?=[^/]*\/[^/]*$)/.exec(key)?.[0] ?? ''
}

/** The installation that stored it; empty for those of before. */
export function installationOf(key: string): string {
  return rootOf(key).split('/').at(-2) ?? ''
}

/** The file it is of; undefined for what is no file's object. */
export function fileOf(key: string): string | undefined {
  return FILE_AND_VERSION.test(key) ? key.split('/').at(-2) : undefined
}

/** The same version of the same file, whatever the root. */
export function isSameVersion(one: string, other: string): boolean {
  return one.slice(rootOf(one).length) === other.slice(rootOf(other).length)
}
