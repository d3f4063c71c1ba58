/*
 * The page may run no script and apply no style but those of this server (apps/api/src/portal/policy.ts). The styles
 * that components make while they run carry the nonce of the answer that the page came in.
 */

interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML: (text: string) => string }): unknown
}

declare global {
  var trustedTypes: TrustedTypes | undefined
  /** Where the lock of scrolling behind a drawer looks for the nonce. */
  var __webpack_nonce__: string | undefined
}

export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''
}

/** trustTexts lets styles be written, and no text that could hold an element: there is no `<` in a style. */
export function trustTexts(): void {
  globalThis.__webpack_nonce__ = styleNonce()
  globalThis.trustedTypes?.createPolicy('default', {
    createHTML: (text) => {
      if (text.includes('<')) throw new TypeError('markup from a text is refused')
      return text
    },
  })
}
