import { Modal } from '@mantine/core'
import { inlineTypeOf } from '@obb/contracts'
import { m } from '../shared/text.js'
import styles from './preview.module.css'
import type { ReadyLink } from './exports.js'

/** The file where the browser shows it: its type is what the proxy gives, by the same table. */
const inlineUrl = ({ link }: ReadyLink): string => `${link}?inline=1`

/** A film, a song or a picture, as it comes from the proxy in ranges. */
export function Preview({ link, onClose }: { link: ReadyLink; onClose: () => void }) {
  return (
    <Modal
      closeButtonProps={{ 'aria-label': m.close() }}
      onClose={onClose}
      opened
      size="xl"
      title={link.filename}
    >
      <Media link={link} />
    </Modal>
  )
}

function Media({ link }: { link: ReadyLink }) {
  const [kind] = (inlineTypeOf(link.filename) ?? '').split('/')
  const [src, className] = [inlineUrl(link), styles['media'] ?? '']
  if (kind === 'image') return <img alt={link.filename} className={className} src={src} />
  if (kind === 'audio') return <audio aria-label={link.filename} className={className} controls src={src} />
  return <video aria-label={link.filename} className={className} controls playsInline src={src} />
}
