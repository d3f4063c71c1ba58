import { Alert, Text } from '@mantine/core'
import type { Announcement, AnnouncementTexts } from '@obb/contracts'
import { formatTime } from '../shared/format.js'
import { currentLanguage, m } from '../shared/text.js'
import styles from './status.module.css'

/** What operators say to everybody, as text, in the language of the page where it was given in it. */
export function AnnouncementText({ texts }: { texts: AnnouncementTexts }) {
  const own = texts[currentLanguage()]
  const [language, text] = own === undefined ? (Object.entries(texts)[0] ?? []) : [currentLanguage(), own]
  return (
    <Text className={styles['text'] ?? ''} lang={language} size="sm">
      {text}
    </Text>
  )
}

interface AnnouncementNoticeProps {
  announcement: Announcement
  /** Called when somebody has read it; without, it stays. */
  onClose?: (() => void) | undefined
}

export function AnnouncementNotice({ announcement: { texts, since }, onClose }: AnnouncementNoticeProps) {
  return (
    <Alert
      closeButtonLabel={m.close()}
      color="lake"
      role="status"
      title={m.announcement()}
      variant="light"
      {...(onClose && { onClose, withCloseButton: true })}
    >
      <AnnouncementText texts={texts} />
      <Text c="dimmed" mt={4} size="xs">
        {formatTime(since)}
      </Text>
    </Alert>
  )
}
