import { Button, Stack, TextInput } from '@mantine/core'
import type { FileView } from '@obb/contracts'
import { useState } from 'react'
import { call } from '../../api/call.js'
import { ConfirmButton } from '../../shared/confirm-button.js'
import { CopyIconButton } from '../../shared/copy.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { Facts } from '../../shared/facts.js'
import { Bytes, ExactTime } from '../../shared/figures.js'
import { formatNumber } from '../../shared/format.js'
import { m } from '../../shared/text.js'
import { Action, Details, OperationForm } from '../parts.js'
import { useOperation } from '../use-operation.js'
import { FileStateBadge, fileName } from './file-state.js'

interface FileDetailsProps {
  file: FileView | undefined
  onClose: () => void
}

/** One file: how far it is, whether it stays, and how it goes. */
export function FileDetails({ file, onClose }: FileDetailsProps) {
  return (
    <Details onClose={onClose} opened={file !== undefined} title={file && fileName(file)}>
      {file && <File file={file} key={file.id} onClose={onClose} />}
    </Details>
  )
}

function File({ file, onClose }: { file: FileView; onClose: () => void }) {
  const [isBlocking, setBlocking] = useState(false)
  if (isBlocking) return <BlockFile file={file} onCancel={() => setBlocking(false)} onDone={onClose} />
  const { size, bytesDone, sha256 } = file
  return (
    <>
      <Facts
        facts={[
          [m.admin_state(), <FileStateBadge file={file} key="state" />],
          [m.admin_file_refusal(), file.refusal !== null && <span lang="en">{file.refusal}</span>],
          [m.admin_host(), file.platform],
          [m.admin_file_id(), file.fileId],
          [m.admin_size(), size === null ? m.admin_not_told() : <Bytes key="size" value={size} />],
          [m.admin_file_here(), <Bytes key="here" value={bytesDone} />],
          [m.admin_links(), formatNumber(file.links)],
          [m.admin_attempts(), formatNumber(file.attempts)],
          [m.admin_fetcher(), file.worker],
          [
            'SHA-256',
            sha256 !== null && (
              <>
                {sha256} <CopyIconButton label={m.admin_copy()} text={sha256} />
              </>
            ),
          ],
          [m.admin_changed(), <ExactTime at={file.updatedAt} key="changed" />],
        ]}
      />
      <FileActions file={file} onBlock={() => setBlocking(true)} onRemoved={onClose} />
    </>
  )
}

interface FileActionsProps {
  file: FileView
  onBlock: () => void
  onRemoved: () => void
}

function FileActions({ file, onBlock, onRemoved }: FileActionsProps) {
  const { id, pinned, links } = file
  const params = { id }
  const name = fileName(file)
  const pin = useOperation(
    (to: boolean) => call('PATCH admin/files/{id}', { params, body: { pinned: to } }),
    {
      done: (_, to) => (to ? m.admin_file_pinned_done({ name }) : m.admin_file_unpinned_done({ name })),
    },
  )
  const remove = useOperation(() => call('DELETE admin/files/{id}', { params }), {
    done: ({ links: count }) => m.admin_file_removed({ name, count }),
    onSuccess: onRemoved,
  })
  const error = pin.error ?? remove.error
  return (
    <Stack gap="sm">
      {error && <ErrorNotice error={error} />}
      <Action text={pinned ? m.admin_file_unpin_text() : m.admin_file_pin_text()}>
        <Button loading={pin.isPending} onClick={() => pin.mutate(!pinned)} size="xs" variant="default">
          {pinned ? m.admin_file_unpin() : m.admin_file_pin()}
        </Button>
      </Action>
      <Action text={m.admin_file_remove_text()}>
        <ConfirmButton
          confirm={m.admin_remove()}
          loading={remove.isPending}
          onConfirm={() => remove.mutate(undefined)}
          question={m.admin_file_remove_question({ name, count: links })}
          size="xs"
        >
          {m.admin_remove()}
        </ConfirmButton>
      </Action>
      <Action text={m.admin_file_block_text()}>
        <Button color="red" onClick={onBlock} size="xs" variant="light">
          {m.admin_file_block()}
        </Button>
      </Action>
    </Stack>
  )
}

interface BlockFileProps {
  file: FileView
  onDone: () => void
  onCancel: () => void
}

/** Blocks a file by its id at its host; the reason is asked, which is the one question before it. */
function BlockFile({ file, onDone, onCancel }: BlockFileProps) {
  const [reason, setReason] = useState('')
  const block = useOperation(
    () =>
      call('POST admin/blocks', { body: { kind: 'file', value: `${file.platform}:${file.fileId}`, reason } }),
    { done: ({ links }) => m.admin_blocked({ count: links }), onSuccess: onDone },
  )
  return (
    <OperationForm
      onCancel={onCancel}
      onSubmit={() => block.mutate(undefined)}
      operation={block}
      submit={m.admin_file_block()}
    >
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
