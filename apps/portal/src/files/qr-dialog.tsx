import { Code, Modal, Stack, Text } from '@mantine/core'
import { CopyButton } from '../shared/copy.js'
import { QrCode } from '../shared/qr-code.js'
import { m } from '../shared/text.js'
import type { ReadyLink } from './exports.js'
import styles from './qr-dialog.module.css'

/** The link of a file for the camera of a phone. */
export function QrDialog({ link, onClose }: { link: ReadyLink; onClose: () => void }) {
  const title = m.qr_title({ name: link.filename })
  return (
    <Modal closeButtonProps={{ 'aria-label': m.close() }} onClose={onClose} opened title={title}>
      <Stack align="center" gap="sm">
        <QrCode label={title} text={link.link} />
        <Text c="dimmed" size="sm">
          {m.qr_hint()}
        </Text>
        <Code className={styles['url'] ?? ''}>{link.link}</Code>
        <CopyButton label={m.copy_link()} text={link.link} />
      </Stack>
    </Modal>
  )
}
