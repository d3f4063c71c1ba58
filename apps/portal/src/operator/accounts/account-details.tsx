import { Alert, Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type HostAccountView, accountTrouble } from '@obb/contracts'
import { useState } from 'react'
import { call } from '../../api/call.js'
import { ConfirmButton } from '../../shared/confirm-button.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { Facts } from '../../shared/facts.js'
import { ExactTime } from '../../shared/figures.js'
import { formatNumber, formatSpeed } from '../../shared/format.js'
import { WarningIcon } from '../../shared/icons.js'
import { m } from '../../shared/text.js'
import { Action, Details, OperationForm } from '../parts.js'
import { hostsQuery } from '../queries.js'
import { useOperation } from '../use-operation.js'
import { AccountTraffic, ofLimit } from './account-figures.js'
import { AccountState, troubleNext, troubleText } from './account-state.js'
import { type Terms, TermsFields, termsBody } from './account-terms.js'
import { CredentialFields, filledIn } from './credential-fields.js'

interface AccountDetailsProps {
  account: HostAccountView | undefined
  onClose: () => void
}

/** One account at a host: how it stands, and what can be done about it. */
export function AccountDetails({ account, onClose }: AccountDetailsProps) {
  return (
    <Details
      onClose={onClose}
      opened={account !== undefined}
      title={account && `${account.platform} · ${account.label}`}
    >
      {account && <Account account={account} key={account.id} onClose={onClose} />}
    </Details>
  )
}

function Account({ account, onClose }: { account: HostAccountView; onClose: () => void }) {
  const [form, open] = useState<'terms' | 'credentials'>()
  const close = () => open(undefined)
  if (form === 'terms') return <ChangeTerms account={account} onDone={close} />
  if (form === 'credentials') return <ReplaceCredentials account={account} onDone={close} />
  const trouble = accountTrouble(account, Date.now())
  return (
    <>
      {trouble && (
        <Alert color="orange" icon={<WarningIcon />} title={troubleText(trouble)} variant="light">
          {account.offReason !== null && (
            <Text lang="en" mb={4} size="sm">
              “{account.offReason}”
            </Text>
          )}
          <Text size="sm">{troubleNext(trouble)}</Text>
        </Alert>
      )}
      <AccountFacts account={account} />
      <Group gap="xs">
        <Button onClick={() => open('credentials')} variant="default">
          {m.admin_credentials_replace()}
        </Button>
        <Button onClick={() => open('terms')} variant="default">
          {m.admin_limits_change()}
        </Button>
      </Group>
      <AccountActions account={account} onRemoved={onClose} />
    </>
  )
}

function AccountFacts({ account }: { account: HostAccountView }) {
  const { premium, validUntil, downloads, maxDownloads, connections, maxConnections, bandwidth } = account
  return (
    <Facts
      facts={[
        [m.admin_state(), <AccountState account={account} key="state" />],
        [m.admin_premium(), premium === null ? m.admin_not_told() : premium ? m.admin_yes() : m.admin_no()],
        [
          m.admin_account_valid_until(),
          validUntil === null ? m.admin_not_told() : <ExactTime at={validUntil} key="valid" />,
        ],
        [m.admin_traffic_left(), <AccountTraffic account={account} key="traffic" />],
        [m.admin_account_downloads(), ofLimit(downloads, maxDownloads)],
        [m.admin_account_connections(), ofLimit(connections, maxConnections)],
        [
          m.admin_max_downloads(),
          maxDownloads === null ? m.admin_limit_of_host() : formatNumber(maxDownloads),
        ],
        [m.admin_bandwidth(), bandwidth === null ? m.admin_no_limit() : formatSpeed(bandwidth)],
        [m.admin_proxy(), account.proxy],
        [
          m.admin_checked(),
          account.checkedAt === null ? m.admin_never() : <ExactTime at={account.checkedAt} key="checked" />,
        ],
      ]}
    />
  )
}

function AccountActions({ account, onRemoved }: { account: HostAccountView; onRemoved: () => void }) {
  const { id, enabled, platform } = account
  const params = { id }
  const check = useOperation(() => call('POST admin/accounts/{id}/check', { params }), {
    done: () => m.admin_account_checked({ platform }),
  })
  const enable = useOperation(() => call('POST admin/accounts/{id}/enable', { params }), {
    done: () => m.admin_account_enabled(),
  })
  const disable = useOperation(() => call('POST admin/accounts/{id}/disable', { params }), {
    done: () => m.admin_account_disabled(),
  })
  const remove = useOperation(() => call('DELETE admin/accounts/{id}', { params }), {
    done: () => m.admin_account_removed(),
    onSuccess: onRemoved,
  })
  const error = [check, enable, disable, remove].find((one) => one.error)?.error
  return (
    <Stack gap="sm">
      {error && <ErrorNotice error={error} />}
      <Action text={m.admin_account_check_text()}>
        <Button loading={check.isPending} onClick={() => check.mutate(undefined)} size="xs" variant="default">
          {m.admin_account_check()}
        </Button>
      </Action>
      {enabled ? (
        <Action text={m.admin_account_disable_text()}>
          <ConfirmButton
            confirm={m.admin_switch_off()}
            loading={disable.isPending}
            onConfirm={() => disable.mutate(undefined)}
            question={m.admin_account_disable_question()}
            size="xs"
          >
            {m.admin_switch_off()}
          </ConfirmButton>
        </Action>
      ) : (
        <Action text={m.admin_account_enable_text()}>
          <Button
            loading={enable.isPending}
            onClick={() => enable.mutate(undefined)}
            size="xs"
            variant="default"
          >
            {m.admin_switch_on()}
          </Button>
        </Action>
      )}
      <Action text={m.admin_account_remove_text()}>
        <ConfirmButton
          confirm={m.admin_remove()}
          loading={remove.isPending}
          onConfirm={() => remove.mutate(undefined)}
          question={m.admin_account_remove_question({ account: account.label, platform })}
          size="xs"
        >
          {m.admin_remove()}
        </ConfirmButton>
      </Action>
    </Stack>
  )
}

function ChangeTerms({ account, onDone }: { account: HostAccountView; onDone: () => void }) {
  const { id, maxDownloads, maxConnections, bandwidth } = account
  const [terms, setTerms] = useState<Terms>({
    maxDownloads: maxDownloads === null ? '' : String(maxDownloads),
    maxConnections: maxConnections === null ? '' : String(maxConnections),
    bandwidth,
    proxy: '',
  })
  const [direct, setDirect] = useState(false)
  const change = useOperation(
    () =>
      call('PATCH admin/accounts/{id}', {
        params: { id },
        body: { ...termsBody(terms), ...(direct && { proxy: null }) },
      }),
    { done: () => m.admin_account_changed(), onSuccess: onDone },
  )
  return (
    <OperationForm
      onCancel={onDone}
      onSubmit={() => change.mutate(undefined)}
      operation={change}
      submit={m.save()}
    >
      <TermsFields
        onChange={setTerms}
        proxyHint={
          account.proxy === null ? m.admin_proxy_hint() : m.admin_proxy_now_hint({ proxy: account.proxy })
        }
        terms={terms}
      />
      {account.proxy !== null && (
        <Checkbox
          checked={direct}
          label={m.admin_proxy_none()}
          onChange={(event) => setDirect(event.currentTarget.checked)}
        />
      )}
    </OperationForm>
  )
}

function ReplaceCredentials({ account, onDone }: { account: HostAccountView; onDone: () => void }) {
  const { id, platform } = account
  const hosts = useQuery(hostsQuery)
  const [credentials, setCredentials] = useState<Record<string, string>>({})
  const [untested, setUntested] = useState(false)
  const fields = hosts.data?.find((host) => host.platform === platform)?.credentials ?? []
  const replace = useOperation(
    () =>
      call('PATCH admin/accounts/{id}', {
        params: { id },
        body: { credentials: filledIn(credentials), ...(untested && { untested }) },
      }),
    { done: () => m.admin_credentials_replaced({ platform }), onSuccess: onDone },
  )
  return (
    <OperationForm
      onCancel={onDone}
      onSubmit={() => replace.mutate(undefined)}
      operation={replace}
      submit={untested ? m.admin_account_save_untested() : m.admin_account_test_and_save()}
    >
      <CredentialFields fields={fields} keeps onChange={setCredentials} values={credentials} />
      <Checkbox
        checked={untested}
        description={m.admin_untested_hint()}
        label={m.admin_untested()}
        onChange={(event) => setUntested(event.currentTarget.checked)}
      />
      {replace.isPending && !untested && (
        <Text role="status" size="sm">
          {m.admin_account_asking({ platform })}
        </Text>
      )}
    </OperationForm>
  )
}
