declare module 'virtual:refusal-texts' {
  import type { Language, RefusalCause } from '@obb/contracts'

  /** What each refusal says, in each language: see build-tools/refusal-texts.ts. */
  const texts: Readonly<Record<RefusalCause, Readonly<Record<Language, string>>>>
  export default texts
}
