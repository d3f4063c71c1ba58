import { Alert, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { call } from '../../api/call.js'
import { m } from '../../shared/text.js'
import { Dialog, OperationForm } from '../parts.js'
import { useOperation } from '../use-operation.js'
import { KIND_HINTS, KIND_NAMES, type Kind } from './kinds.js'

/** Blocks files by link, id, name or bytes. */
export function AddBlock({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Dialog onClose={onClose} opened={opened} title={m.admin_block_add()}>
      <AddBlockForm onClose={onClose} />
    </Dialog>
  )
}

function AddBlockForm({ onClose }: { onClose: () => void }) {
  const [kind, setKind] = useState<Kind>('url')
  const [value, setValue] = useState('')
  const [reason, setReason] = useState('')
  const add = useOperation(() => call('POST admin/blocks', { body: { kind, value: value.trim(), reason } }))
  if (add.data) {
    const { files, links, complete } = add.data
    return (
      <Alert color="green" role="status" title={m.admin_block_added()} variant="light">
        <Stack gap={4}>
          <Text size="sm">{m.admin_block_effect({ files, links })}</Text>
          {!complete && <Text size="sm">{m.admin_block_incomplete()}</Text>}
        </Stack>
      </Alert>
    )
  }
  return (
    <OperationForm
      onCancel={onClose}
      onSubmit={() => add.mutate(undefined)}
      operation={add}
      submit={m.admin_block_add()}
    >
      <Text size="sm">{m.admin_block_what()}</Text>
      <NativeSelect
        data={(Object.keys(KIND_NAMES) as Kind[]).map((value) => ({ value, label: KIND_NAMES[value]() }))}
        label={m.admin_block_by()}
        onChange={(event) => setKind(event.currentTarget.value as Kind)}
        value={kind}
      />
      <TextInput
        description={KIND_HINTS[kind]()}
        label={m.admin_block_value()}
        maxLength={2048}
        onChange={(event) => setValue(event.currentTarget.value)}
        required
        spellCheck={false}
        value={value}
      />
      <TextInput
        description={m.admin_block_reason_hint()}
        label={m.admin_block_reason()}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
        required
        value={reason}
      />
    </OperationForm>
  )
}
