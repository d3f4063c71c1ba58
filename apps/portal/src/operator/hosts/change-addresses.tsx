import { Textarea, TextInput } from '@mantine/core'
import type { HostView } from '@obb/contracts'
import { useState } from 'react'
import { call } from '../../api/call.js'
import { m } from '../../shared/text.js'
import { OperationForm } from '../parts.js'
import { useOperation } from '../use-operation.js'

const linesOf = (text: string) => [...new Set(text.split(/[\s,]+/).filter((line) => line !== ''))]

/** Under which names a host is known, where it is asked, and the link by which it is tried. */
export function ChangeAddresses({ host, onDone }: { host: HostView; onDone: () => void }) {
  const { platform, originOverrides } = host
  const [domains, setDomains] = useState(host.domains.join('\n'))
  const [canaryUrl, setCanary] = useState(host.canaryUrl ?? '')
  const [origins, setOrigins] = useState<Record<string, string>>(originOverrides)
  const change = useOperation(
    () => {
      const given = linesOf(domains.toLowerCase())
      const added = given.filter((domain) => !host.domains.includes(domain))
      const retired = host.domains.filter((domain) => !given.includes(domain))
      const moved = Object.keys(host.origins).filter(
        (name) => (origins[name] ?? '') !== (originOverrides[name] ?? ''),
      )
      return call('PATCH admin/hosts/{platform}', {
        params: { platform },
        body: {
          canaryUrl: canaryUrl === '' ? null : canaryUrl,
          ...(added.length > 0 && { addDomains: added }),
          ...(retired.length > 0 && { retireDomains: retired }),
          ...(moved.length > 0 && {
            origins: Object.fromEntries(moved.map((name) => [name, origins[name] || null])),
          }),
        },
      })
    },
    { done: () => m.admin_host_changed({ platform }), onSuccess: onDone },
  )
  return (
    <OperationForm
      onCancel={onDone}
      onSubmit={() => change.mutate(undefined)}
      operation={change}
      submit={m.save()}
    >
      <Textarea
        autosize
        description={m.admin_domains_hint()}
        label={m.admin_domains()}
        maxRows={12}
        minRows={2}
        onChange={(event) => setDomains(event.currentTarget.value)}
        spellCheck={false}
        value={domains}
      />
      <TextInput
        description={m.admin_canary_hint()}
        label={m.admin_canary()}
        onChange={(event) => setCanary(event.currentTarget.value.trim())}
        type="url"
        value={canaryUrl}
      />
      {Object.entries(host.origins).map(([name, url]) => (
        <TextInput
          description={m.admin_origin_hint()}
          key={name}
          label={m.admin_origin_of({ name })}
          onChange={(event) => setOrigins({ ...origins, [name]: event.currentTarget.value.trim() })}
          placeholder={url}
          type="url"
          value={origins[name] ?? ''}
        />
      ))}
    </OperationForm>
  )
}
