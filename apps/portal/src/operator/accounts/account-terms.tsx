import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { m } from '../../shared/text.js'
import { CountInput, SizeInput } from '../inputs.js'

export interface Terms {
  maxDownloads: string
  maxConnections: string
  bandwidth: number | null
  /** Empty: it is left as it is. */
  proxy: string
}

const count = (text: string) => (text === '' ? null : Number(text))

/** The terms as the API takes them. */
export function termsBody({ maxDownloads, maxConnections, bandwidth, proxy }: Terms) {
  return {
    maxDownloads: count(maxDownloads),
    maxConnections: count(maxConnections),
    bandwidth,
    ...(proxy !== '' && { proxy }),
  }
}

interface TermsFieldsProps {
  terms: Terms
  onChange: (terms: Terms) => void
  /** What is said of the proxy. */
  proxyHint: string
}

/** How an account is used: limits, and the way out. */
export function TermsFields({ terms, onChange, proxyHint }: TermsFieldsProps) {
  const [bandwidth] = useState(terms.bandwidth)
  return (
    <>
      <CountInput
        description={m.admin_max_downloads_hint()}
        label={m.admin_max_downloads()}
        max={1000}
        min={1}
        onChange={(maxDownloads) => onChange({ ...terms, maxDownloads })}
        value={terms.maxDownloads}
      />
      <CountInput
        description={m.admin_empty_no_limit()}
        label={m.admin_max_connections()}
        max={10_000}
        min={1}
        onChange={(maxConnections) => onChange({ ...terms, maxConnections })}
        value={terms.maxConnections}
      />
      <SizeInput
        description={m.admin_empty_no_limit()}
        initial={bandwidth}
        label={m.admin_bandwidth()}
        onChange={(bytes) => onChange({ ...terms, bandwidth: bytes })}
        perSecond
      />
      <TextInput
        autoComplete="off"
        description={proxyHint}
        label={m.admin_proxy()}
        onChange={(event) => onChange({ ...terms, proxy: event.currentTarget.value.trim() })}
        placeholder="socks5://user:password@10.0.0.2:1080"
        value={terms.proxy}
      />
    </>
  )
}
