import { Textarea } from '@mantine/core'
import type { AnnouncementTexts, Language } from '@obb/contracts'
import { LANGUAGES } from '../../shared/text.js'

const MAX_LENGTH = 1_000

interface NoteFieldsProps {
  label: (given: { language: string }) => string
  texts: AnnouncementTexts
  onChange: (texts: AnnouncementTexts) => void
}

/** A text to everybody, in each language. */
export function NoteFields({ label, texts, onChange }: NoteFieldsProps) {
  return Object.entries(LANGUAGES).map(([language, name]) => (
    <Textarea
      autosize
      key={language}
      label={label({ language: name })}
      lang={language}
      maxLength={MAX_LENGTH}
      maxRows={8}
      minRows={2}
      onChange={({ currentTarget: { value } }) => onChange({ ...texts, [language]: value })}
      value={texts[language as Language] ?? ''}
    />
  ))
}

/** Those that say something. */
export const givenTexts = (texts: AnnouncementTexts): AnnouncementTexts =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== ''))
