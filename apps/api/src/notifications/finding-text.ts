import type { Finding, Language } from '@obb/contracts'
import { type FindingOf, type FindingText, FINDING_TEXTS, type FindingTexts } from './finding-texts.js'
import { FINDING_TEXTS_ZH_TW } from './finding-texts.zh-tw.js'

const TEXTS: Readonly<Record<Language, FindingTexts>> = {
  en: FINDING_TEXTS,
  'zh-TW': FINDING_TEXTS_ZH_TW,
}

/** findingText is a finding in the words of a language. */
export function findingText<Kind extends Finding['kind']>(
  finding: FindingOf<Kind>,
  language: Language,
): FindingText {
  const text = TEXTS[language][finding.kind] as (finding: FindingOf<Kind>) => FindingText
  return text(finding)
}
