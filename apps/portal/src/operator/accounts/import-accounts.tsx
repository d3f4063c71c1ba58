import { Button, FileButton, Group, Stack, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import {
  type ImportFault,
  type ImportRow,
  MAX_IMPORT_LENGTH,
  MAX_IMPORT_ROWS,
  readAccountImport,
} from '@obb/contracts'
import { useState } from 'react'
import { ErrorNotice } from '../../shared/error-notice.js'
import { submitting } from '../../shared/form.js'
import { formatNumber } from '../../shared/format.js'
import { m } from '../../shared/text.js'
import { Pending } from '../../shell/pending.js'
import { tellDone } from '../done.js'
import { Dialog } from '../parts.js'
import { accountsQuery, hostsQuery } from '../queries.js'
import { ImportPreview } from './import-preview.js'
import { useImport } from './use-import.js'

interface ImportAccountsProps {
  opened: boolean
  onClose: () => void
}

/** Adds the accounts of a text or file, each after its host took it; what was read is forgotten with the dialog. */
export function ImportAccounts({ opened, onClose }: ImportAccountsProps) {
  const { rows, phase, begin, run, stop, forget } = useImport()
  const close = () => {
    forget()
    onClose()
  }
  const start = () =>
    void run((added, count) => {
      tellDone(m.admin_import_stopped({ added: formatNumber(added), count: formatNumber(count) }))
      close()
    })
  return (
    <Dialog onClose={phase === 'still' ? close : stop} opened={opened} title={m.admin_import_accounts()}>
      {rows ? (
        <ImportPreview
          onBack={forget}
          onClose={close}
          onStart={start}
          onStop={stop}
          phase={phase}
          rows={rows}
        />
      ) : (
        <Source onRead={begin} />
      )}
    </Dialog>
  )
}

function faultText(fault: ImportFault): string {
  switch (fault) {
    case 'too_long':
      return m.admin_import_too_long({ size: formatNumber(MAX_IMPORT_LENGTH / 1024) })
    case 'too_many':
      return m.admin_import_too_many({ count: formatNumber(MAX_IMPORT_ROWS) })
    case 'empty':
      return m.admin_import_empty()
  }
}

/** Bytes of UTF-8 that a character takes at most. */
const BYTES = 3

/** A file is not put into the field: it would show what is secret. */
function Source({ onRead }: { onRead: (rows: readonly ImportRow[]) => void }) {
  const hosts = useQuery(hostsQuery)
  const accounts = useQuery(accountsQuery)
  const [text, setText] = useState('')
  const [fault, setFault] = useState<ImportFault>()
  const failed = [hosts, accounts].find(({ error }) => error)
  if (failed) return <ErrorNotice error={failed.error} onRetry={() => void failed.refetch()} />
  if (!hosts.data || !accounts.data) return <Pending />
  const takers = hosts.data.filter(({ credentials }) => credentials.length > 0)
  const known = accounts.data
  const read = (given: string) => {
    const rows = readAccountImport(given, takers, known)
    if (typeof rows === 'string') setFault(rows)
    else onRead(rows)
  }
  const readFile = async (file: File | null) => {
    if (!file) return
    if (file.size > MAX_IMPORT_LENGTH * BYTES) setFault('too_long')
    else read(await file.text())
  }
  return (
    <form onSubmit={submitting(() => read(text))}>
      <Stack gap="md">
        <Textarea
          autoComplete="off"
          autosize
          data-autofocus
          description={m.admin_import_text_hint({ count: formatNumber(MAX_IMPORT_ROWS) })}
          error={fault && faultText(fault)}
          label={m.admin_import_text()}
          maxRows={12}
          minRows={6}
          onChange={(event) => setText(event.currentTarget.value)}
          placeholder="rapidgator.net,name@example.com,password"
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          value={text}
        />
        <Group gap="xs" justify="flex-end">
          <FileButton
            accept=".csv,.tsv,.txt,.cfg,text/csv,text/plain"
            onChange={(file) => void readFile(file)}
          >
            {(props) => (
              <Button {...props} variant="default">
                {m.admin_import_file()}
              </Button>
            )}
          </FileButton>
          <Button type="submit">{m.admin_import_preview()}</Button>
        </Group>
      </Stack>
    </form>
  )
}
