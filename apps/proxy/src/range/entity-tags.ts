const TAG = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/g

/**
 * Whether a list of entity tags (RFC 9110 §8.8.3) names `etag`, a strong one with its quotes. `*` names
 * everything; no other list names undefined. Strong comparison never matches a weak tag; weak comparison looks at the opaque text only.
 */
export function listsTag(field: string, etag: string | undefined, comparison: 'strong' | 'weak'): boolean {
  if (field.trim() === '*') return true
  for (const [, weak, opaque] of field.matchAll(TAG)) {
    if (`"${opaque}"` === etag && (comparison === 'weak' || weak === undefined)) return true
  }
  return false
}
