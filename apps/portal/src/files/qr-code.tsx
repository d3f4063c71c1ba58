import { Code, Modal, Stack, Text } from '@mantine/core'
import type { ListedLink } from '@obb/contracts'
import { encode } from 'uqr'
import { CopyButton } from '../shared/copy.js'
import { m } from '../shared/text.js'
import styles from './qr-code.module.css'

/** White around the code, modules: readers want four. */
const BORDER = 4

/** The link of a file for the camera of a phone. */
export function QrCode({ link, onClose }: { link: ListedLink; onClose: () => void }) {
  const url = link.link ?? ''
  const { data, size } = encode(url, { border: BORDER })
  const dark = data.flatMap((row, y) => row.flatMap((is, x) => (is ? [`M${x} ${y}h1v1h-1z`] : []))).join('')
  return (
    <Modal
      closeButtonProps={{ 'aria-label': m.close() }}
      onClose={onClose}
      opened
      title={m.qr_title({ name: link.filename })}
    >
      <Stack align="center" gap="sm">
        <svg
          aria-label={m.qr_title({ name: link.filename })}
          className={styles['code']}
          role="img"
          shapeRendering="crispEdges"
          viewBox={`0 0 ${size} ${size}`}
        >
          <path d={`M0 0h${size}v${size}H0z`} fill="#fff" />
          <path d={dark} fill="#000" />
        </svg>
        <Text c="dimmed" size="sm">
          {m.qr_hint()}
        </Text>
        <Code className={styles['url'] ?? ''}>{url}</Code>
        <CopyButton label={m.copy_link()} text={url} />
      </Stack>
    </Modal>
  )
}
