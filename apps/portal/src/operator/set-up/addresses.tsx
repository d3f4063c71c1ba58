import { Code, Group, List, Stack, Text } from '@mantine/core'
import type { SetUpView } from '@obb/contracts'
import { CopyButton } from '../../shared/copy.js'
import { m } from '../../shared/text.js'
import { StateBadge } from '../parts.js'
import { reverseProxyFile } from './reverse-proxy.js'
import { type Reach, isLoopback } from './reach.js'
import styles from './set-up.module.css'

type Addresses = SetUpView['addresses']
type Service = 'api' | 'proxy'

const NAMES: Record<Service, () => string> = {
  api: m.admin_address_api,
  proxy: m.admin_address_proxy,
}
const SETTINGS: Record<Service, string> = { api: 'PUBLIC_API_URL', proxy: 'PUBLIC_PROXY_URL' }

const REACHES: Record<Reach, { color: string; text: () => string }> = {
  reached: { color: 'green', text: m.admin_setup_reached },
  unreached: { color: 'red', text: m.admin_setup_unreached },
  blocked: { color: 'red', text: m.admin_setup_blocked },
  untold: { color: 'gray', text: m.admin_setup_untold },
}

interface AddressesProps {
  addresses: Addresses
  /** Undefined while this browser tries. */
  reach: Record<Service, Reach> | undefined
}

/** Where clients are told to find this server, whether this browser does, and what to set where it does not. */
export function Addresses({ addresses, reach }: AddressesProps) {
  const hints = hintsOf(addresses, reach)
  return (
    <Stack gap="md">
      <Text size="sm">{m.admin_setup_address_lead({ url: addresses.api.url })}</Text>
      <Stack gap="sm">
        {(['api', 'proxy'] as const).map((service) => (
          <AddressRow address={addresses[service]} key={service} reach={reach?.[service]} service={service} />
        ))}
      </Stack>
      {hints.length > 0 && (
        <List size="sm">
          {hints.map((hint) => (
            <List.Item key={hint}>{hint}</List.Item>
          ))}
        </List>
      )}
      <ReverseProxy addresses={addresses} />
    </Stack>
  )
}

interface AddressRowProps {
  service: Service
  address: Addresses[Service]
  reach: Reach | undefined
}

function AddressRow({ service, address: { url, source }, reach }: AddressRowProps) {
  const state = reach && REACHES[reach]
  return (
    <div>
      <Group gap="xs">
        <Text fw={600} size="sm">
          {NAMES[service]()}
        </Text>
        <StateBadge color={state?.color ?? 'gray'}>{state?.text() ?? m.admin_setup_trying()}</StateBadge>
      </Group>
      <Code className={styles['value'] ?? ''}>{url}</Code>
      <Text c="dimmed" size="xs">
        {sourceText(source, SETTINGS[service])}
      </Text>
    </div>
  )
}

function sourceText(source: Addresses[Service]['source'], setting: string): string {
  switch (source) {
    case 'setting':
      return m.admin_setting_from({ name: setting })
    case 'proxy':
      return m.admin_setup_source_proxy()
    case 'host':
      return m.admin_setup_source_host()
    case 'connection':
      return m.admin_setup_source_connection()
  }
}

/** What keeps devices from finding this server, each with what to do. */
function hintsOf({ api, proxy, unbelievedProxy }: Addresses, reach: AddressesProps['reach']): string[] {
  const hints: string[] = []
  if (unbelievedProxy !== null) hints.push(m.admin_setup_hint_unbelieved({ address: unbelievedProxy }))
  if (isLoopback(api.url)) hints.push(m.admin_setup_hint_loopback())
  if (reach?.proxy === 'blocked') hints.push(m.admin_setup_hint_blocked())
  if (reach?.api === 'unreached') hints.push(m.admin_setup_hint_api({ url: api.url }))
  if (reach?.proxy === 'unreached') {
    const { port } = new URL(proxy.url)
    hints.push(
      proxy.source === 'host' && port !== ''
        ? m.admin_setup_hint_port({ port })
        : m.admin_setup_hint_proxy({ url: proxy.url }),
    )
  }
  return hints
}

function ReverseProxy({ addresses: { api, unbelievedProxy } }: { addresses: Addresses }) {
  const { hostname, protocol } = new URL(api.url)
  const name = protocol === 'https:' && !isLoopback(api.url) ? hostname : 'obb.example.org'
  const settings = `TRUSTED_PROXIES=${unbelievedProxy ?? '127.0.0.1'}\nPUBLIC_API_URL=https://${name}\n`
  const file = reverseProxyFile(name)
  return (
    <details>
      <summary className={styles['summary']}>{m.admin_setup_reverse_proxy()}</summary>
      <Stack gap="xs" mt="xs">
        <Text size="sm">{m.admin_setup_reverse_proxy_lead()}</Text>
        <Text size="sm">{m.admin_setup_reverse_proxy_settings()}</Text>
        <Code block tabIndex={0}>
          {settings}
        </Code>
        <Text size="sm">{m.admin_setup_reverse_proxy_file()}</Text>
        <Code block tabIndex={0}>
          {file}
        </Code>
        <Group gap="xs">
          <CopyButton label={m.admin_setup_copy_settings()} text={settings} />
          <CopyButton label={m.admin_setup_copy_file()} text={file} />
        </Group>
        <Text c="dimmed" size="xs">
          {m.admin_setup_reverse_proxy_docs()}
        </Text>
      </Stack>
    </details>
  )
}
