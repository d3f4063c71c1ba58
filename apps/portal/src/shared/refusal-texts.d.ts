declare module 'virtual:refusal-texts' {
  import type { Language, RefusalCause } from '@obb/contracts'

  /** What each refusal says, in each language: see build-tools/refusal-texts.ts. */
  const texts: Readonly<Record<RefusalCause, Readonly<Record<Language, string>>>>
  export default texts
}

declare module 'virtual:entrance-refusals' {
  import type { Language, RefusalCause } from '@obb/contracts'

  type Few = 'signed_out' | 'second_factor_needed' | 'second_factor_wrong'
  /** Of those that are known by what they say before anybody is signed in. */
  const texts: Readonly<Record<Extract<RefusalCause, Few>, Readonly<Record<Language, string>>>>
  export default texts
}
