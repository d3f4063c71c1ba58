import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import type { HostView } from '@obb/contracts'
import { useState } from 'react'
import { call } from '../../api/call.js'
import { ConfirmButton } from '../../shared/confirm-button.js'
import { HostHistory } from '../../hosts/host-history.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { Facts } from '../../shared/facts.js'
import { ExactTime, Time } from '../../shared/figures.js'
import { formatNumber, formatPercent, formatSpeed } from '../../shared/format.js'
import { WarningIcon } from '../../shared/icons.js'
import { m } from '../../shared/text.js'
import { Action, Details } from '../parts.js'
import { useOperation } from '../use-operation.js'
import { ChangeAddresses } from './change-addresses.js'
import { ChangeLimits } from './change-limits.js'
import { HostState } from './host-state.js'

interface HostDetailsProps {
  host: HostView | undefined
  onClose: () => void
}

/** One host: how it does, how it is used, and what can be changed. */
export function HostDetails({ host, onClose }: HostDetailsProps) {
  return (
    <Details onClose={onClose} opened={host !== undefined} title={host?.platform}>
      {host && <Host host={host} key={host.platform} />}
    </Details>
  )
}

function Host({ host }: { host: HostView }) {
  const [form, open] = useState<'limits' | 'addresses'>()
  const close = () => open(undefined)
  if (form === 'limits') return <ChangeLimits host={host} onDone={close} />
  if (form === 'addresses') return <ChangeAddresses host={host} onDone={close} />
  return (
    <>
      <HostTrouble host={host} />
      <HostFacts host={host} />
      <Group gap="xs">
        <Button onClick={() => open('limits')} variant="default">
          {m.admin_limits_change()}
        </Button>
        <Button onClick={() => open('addresses')} variant="default">
          {m.admin_addresses_change()}
        </Button>
      </Group>
      <HostActions host={host} />
      <HostHistory platform={host.platform} />
    </>
  )
}

function HostTrouble({ host: { enabled, health } }: { host: HostView }) {
  if (!enabled || health.working) return null
  return (
    <Alert color="red" icon={<WarningIcon />} title={m.admin_host_down_title()} variant="light">
      {health.lastError !== null && (
        <Text lang="en" mb={4} size="sm">
          “{health.lastError}”
        </Text>
      )}
      <Text size="sm">{m.admin_host_down_next()}</Text>
    </Alert>
  )
}

function HostFacts({ host }: { host: HostView }) {
  const { health, bandwidth, origins, originOverrides, switches } = host
  const { successRate, speed, failures, lastError, lastErrorAt, canaryAt, canaryError } = health
  return (
    <Facts
      facts={[
        [m.admin_state(), <HostState host={host} key="state" />],
        [m.admin_host_success(), successRate === null ? m.admin_none_yet() : formatPercent(successRate)],
        [m.admin_host_speed(), speed === null ? m.admin_none_yet() : formatSpeed(speed)],
        [m.admin_host_failures(), formatNumber(failures)],
        [
          m.admin_host_last_error(),
          lastError !== null && (
            <span key="error">
              <span lang="en">{lastError}</span> {lastErrorAt !== null && <Time at={lastErrorAt} />}
            </span>
          ),
        ],
        [
          m.nav_accounts(),
          host.needsAccount
            ? formatNumber(host.accounts)
            : m.admin_host_accounts_unneeded({ count: host.accounts }),
        ],
        [m.admin_max_downloads(), formatNumber(host.maxDownloads)],
        [m.admin_max_chunks(), formatNumber(host.maxChunks)],
        [m.admin_max_queued(), formatNumber(host.maxQueued)],
        [m.admin_solo(), host.solo ? m.admin_yes() : m.admin_no()],
        [m.admin_bandwidth(), bandwidth === null ? m.admin_no_limit() : formatSpeed(bandwidth)],
        [m.admin_host_resumes(), host.resumable ? m.admin_yes() : m.admin_no()],
        ...switches.map(({ label, on }): [string, string] => [label, on ? m.admin_on() : m.admin_off()]),
        [m.admin_domains(), host.domains.join(', ')],
        [m.admin_canary(), host.canaryUrl],
        [m.admin_canary_asked(), canaryAt !== null && <ExactTime at={canaryAt} key="canary" />],
        [m.admin_canary_error(), canaryError !== null && <span lang="en">{canaryError}</span>],
        [
          m.admin_origins(),
          Object.entries(origins).map(([name, url]) => (
            <div key={name}>
              {name}: {url} {originOverrides[name] !== undefined && `(${m.admin_origin_changed()})`}
            </div>
          )),
        ],
      ]}
    />
  )
}

function HostActions({ host: { platform, enabled, health } }: { host: HostView }) {
  const params = { platform }
  const tryNow = useOperation(() => call('POST admin/hosts/{platform}/try', { params }), {
    done: () => m.admin_host_tried({ platform }),
  })
  const change = useOperation(
    (to: boolean) => call('PATCH admin/hosts/{platform}', { params, body: { enabled: to } }),
    { done: (_, to) => (to ? m.admin_host_enabled({ platform }) : m.admin_host_disabled({ platform })) },
  )
  const error = tryNow.error ?? change.error
  return (
    <Stack gap="sm">
      {error && <ErrorNotice error={error} />}
      {enabled && health.openUntil !== null && (
        <Action text={m.admin_host_try_text()}>
          <Button
            loading={tryNow.isPending}
            onClick={() => tryNow.mutate(undefined)}
            size="xs"
            variant="default"
          >
            {m.admin_host_try()}
          </Button>
        </Action>
      )}
      {enabled ? (
        <Action text={m.admin_host_disable_text()}>
          <ConfirmButton
            confirm={m.admin_switch_off()}
            loading={change.isPending}
            onConfirm={() => change.mutate(false)}
            question={m.admin_host_disable_question({ platform })}
            size="xs"
          >
            {m.admin_switch_off()}
          </ConfirmButton>
        </Action>
      ) : (
        <Action text={m.admin_host_enable_text()}>
          <Button loading={change.isPending} onClick={() => change.mutate(true)} size="xs" variant="default">
            {m.admin_switch_on()}
          </Button>
        </Action>
      )}
    </Stack>
  )
}
