import { Checkbox, NativeSelect, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../api/call.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { m } from '../../shared/text.js'
import { Pending } from '../../shell/pending.js'
import { Dialog, OperationForm } from '../parts.js'
import { hostsQuery } from '../queries.js'
import { useOperation } from '../use-operation.js'
import { type Terms, TermsFields, termsBody } from './account-terms.js'
import { CredentialFields, filledIn } from './credential-fields.js'

interface AddAccountProps {
  opened: boolean
  onClose: () => void
  onAdded: (id: string) => void
}

/** Adds an account after its host took it. */
export function AddAccount({ opened, onClose, onAdded }: AddAccountProps) {
  return (
    <Dialog onClose={onClose} opened={opened} title={m.admin_account_add()}>
      <AddAccountForm
        onAdded={(id) => {
          onClose()
          onAdded(id)
        }}
        onClose={onClose}
      />
    </Dialog>
  )
}

const NO_TERMS: Terms = { maxDownloads: '', maxConnections: '', bandwidth: null, proxy: '' }

interface AddAccountFormProps {
  /** Undefined where it stands by itself. */
  onClose?: () => void
  onAdded: (id: string) => void
}

export function AddAccountForm({ onClose, onAdded }: AddAccountFormProps) {
  const hosts = useQuery(hostsQuery)
  const [platform, setPlatform] = useState('')
  const [credentials, setCredentials] = useState<Record<string, string>>({})
  const [terms, setTerms] = useState(NO_TERMS)
  const [untested, setUntested] = useState(false)
  const add = useOperation(
    () =>
      call('POST admin/accounts', {
        body: {
          platform,
          credentials: filledIn(credentials),
          ...termsBody(terms),
          ...(untested && { untested }),
        },
      }),
    {
      done: ({ tested }) =>
        tested ? m.admin_account_added({ platform }) : m.admin_account_added_untested({ platform }),
      onSuccess: ({ id }) => onAdded(id),
    },
  )
  if (hosts.error) return <ErrorNotice error={hosts.error} onRetry={() => void hosts.refetch()} />
  if (!hosts.data) return <Pending />
  const takers = hosts.data.filter(({ credentials: fields }) => fields.length > 0)
  const host = takers.find((taker) => taker.platform === platform)
  return (
    <OperationForm
      onCancel={onClose}
      onSubmit={() => add.mutate(undefined)}
      operation={add}
      submit={untested ? m.admin_account_save_untested() : m.admin_account_test_and_save()}
    >
      <NativeSelect
        data={[{ value: '', label: m.admin_host_choose() }, ...takers.map((taker) => taker.platform)]}
        label={m.admin_host()}
        onChange={(event) => {
          setPlatform(event.currentTarget.value)
          setCredentials({})
        }}
        required
        value={platform}
      />
      {host && (
        <>
          <CredentialFields fields={host.credentials} onChange={setCredentials} values={credentials} />
          <TermsFields onChange={setTerms} proxyHint={m.admin_proxy_hint()} terms={terms} />
          <Checkbox
            checked={untested}
            description={m.admin_untested_hint()}
            label={m.admin_untested()}
            onChange={(event) => setUntested(event.currentTarget.checked)}
          />
          {add.isPending && !untested && (
            <Text role="status" size="sm">
              {m.admin_account_asking({ platform })}
            </Text>
          )}
        </>
      )}
    </OperationForm>
  )
}
