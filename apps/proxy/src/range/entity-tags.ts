const TAG = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/g

/**
 * Whether a list of entity tags (RFC 9110 §8.8.3) names one of `etags`, strong ones with their quotes. `*` names
 * everything. Strong comparison never matches a weak tag; weak comparison looks at the opaque text only.
 */
export function listsTag(field: string, etags: readonly string[], comparison: 'strong' | 'weak'): boolean {
  if (field.trim() === '*') return true
  for (const [, weak, opaque] of field.matchAll(TAG)) {
    if (etags.includes(`"${opaque}"`) && (comparison === 'weak' || weak === undefined)) return true
  }
  return false
}
