import { m } from '../shared/text.js'

export const SCHEMES = ['light', 'dark', 'auto'] as const
export type Scheme = (typeof SCHEMES)[number]
export const SCHEME_NAMES: Record<Scheme, () => string> = {
  light: m.theme_light,
  dark: m.theme_dark,
  auto: m.theme_auto,
}
