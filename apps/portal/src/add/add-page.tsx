import { Alert, Button, FileButton, Group, Stack, TextInput, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import {
  type ClipboardEvent,
  type DragEvent,
  type KeyboardEvent,
  Suspense,
  lazy,
  useCallback,
  useEffect,
  useMemo,
  useState,
} from 'react'
import { EmptyState } from '../shared/empty-state.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { AddIcon, WarningIcon } from '../shared/icons.js'
import { PageHeader } from '../shared/page-header.js'
import { m } from '../shared/text.js'
import styles from './add-page.module.css'
import { Added } from './added.js'
import { readContainers } from './containers.js'
import { readDraft, writeDraft } from './draft.js'
import { linksToAdd, withoutLinks } from './pasted-links.js'
import { Pending } from '../shell/pending.js'
import { SumBar } from './sum-bar.js'
import { sumUp } from './sum.js'
import { uploadNzb } from './upload-nzb.js'
import { useAdd } from './use-add.js'
import { useChecks } from './use-checks.js'
import { useFolders } from './use-folders.js'

/** Nobody needs them before the first link. */
const readTables = () => Promise.all([import('./links-table.js'), import('./folder-panel.js')])
const LinksTable = lazy(async () => ({ default: (await readTables())[0].LinksTable }))
const FolderPanel = lazy(async () => ({ default: (await readTables())[1].FolderPanel }))

const route = getRouteApi('/frame/')

/** Where links come in: pasted or dropped, shown with what they are and cost, and then asked for. */
export function AddPage() {
  const { links: given = '' } = route.useSearch()
  const client = useQueryClient()
  const [text, setText] = useState(() => given || readDraft())
  const [password, setPassword] = useState('')
  const [packageName, setPackageName] = useState('')
  const [isOver, setOver] = useState(false)
  const { links, beyond } = useMemo(() => linksToAdd(text), [text])
  const folders = useFolders(password)
  const roots = links.filter((link) => folders.open.has(link))
  const plain = links.filter((link) => !folders.open.has(link))
  const { checkOf, failure } = useChecks(links)
  const wanted = roots.flatMap(folders.filesOf).filter(({ url }) => folders.ticked.has(url))
  const sum = sumUp(plain, checkOf, [...new Map(wanted.map((file) => [file.url, file])).values()])
  useEffect(() => writeDraft(text), [text])

  const remove = useCallback((gone: ReadonlySet<string>) => setText((now) => withoutLinks(now, gone)), [])
  const removeOne = useCallback((link: string) => remove(new Set([link])), [remove])
  const append = (more: readonly string[]) =>
    setText((now) => (more.length === 0 ? now : `${now.trimEnd()}\n${more.join('\n')}\n`.trimStart()))
  const add = useAdd({ password, packageName, folders, roots, remove })
  const containers = useMutation({
    mutationFn: (files: readonly File[]) => readContainers(files, uploadNzb),
    onSuccess: (contents) => append(contents.links),
    onSettled: () => client.invalidateQueries({ queryKey: ['links'] }),
  })
  const submit = () => {
    if (sum.links.length > 0 && !add.isPending) add.mutate(sum.links)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit()
  }
  const takeFiles = (event: DragEvent | ClipboardEvent, { files }: DataTransfer) => {
    if (files.length === 0) return
    event.preventDefault()
    containers.mutate([...files])
  }
  const onDrop = (event: DragEvent) => {
    setOver(false)
    takeFiles(event, event.dataTransfer)
  }
  const onDragOver = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    setOver(true)
  }

  return (
    <>
      <PageHeader lead={m.add_lead()} title={m.add_title()} />
      <Stack gap="md" onKeyDown={onKeyDown}>
        <div
          className={styles['drop']}
          data-over={isOver || undefined}
          onDragLeave={() => setOver(false)}
          onDragOver={onDragOver}
          onDrop={onDrop}
          onPaste={(event) => takeFiles(event, event.clipboardData)}
        >
          <Textarea
            autoComplete="off"
            autoFocus
            description={m.add_hint()}
            label={m.add_label()}
            maxRows={10}
            minRows={4}
            onChange={(event) => setText(event.currentTarget.value)}
            resize="vertical"
            rows={5}
            spellCheck={false}
            value={text}
          />
        </div>
        <Group align="flex-end" gap="sm">
          <TextInput
            autoComplete="off"
            flex={1}
            label={m.add_password()}
            maw={320}
            miw={200}
            onChange={(event) => setPassword(event.currentTarget.value)}
            value={password}
          />
          <TextInput
            autoComplete="off"
            flex={1}
            label={m.add_package()}
            maw={320}
            maxLength={200}
            miw={200}
            onChange={(event) => setPackageName(event.currentTarget.value)}
            value={packageName}
          />
          <FileButton
            accept=".nzb,.nzb.gz,.nzb.bz2,.zip,.txt,application/x-nzb,text/plain"
            multiple
            onChange={(files) => containers.mutate(files)}
          >
            {(props) => (
              <Button {...props} loading={containers.isPending} variant="default">
                {m.add_files()}
              </Button>
            )}
          </FileButton>
        </Group>
        <div aria-live="polite">
          {add.added + add.refused.size > 0 && <Added added={add.added} refused={add.refused.size} />}
          {containers.data && containers.data.added > 0 && (
            <Added added={containers.data.added} refused={0} />
          )}
          {containers.data && containers.data.unread.length > 0 && (
            <Alert color="yellow" icon={<WarningIcon />} variant="light">
              {m.add_unread({ names: containers.data.unread.join(', ') })}
            </Alert>
          )}
          {beyond > 0 && (
            <Alert color="yellow" icon={<WarningIcon />} variant="light">
              {m.add_beyond({ count: beyond })}
            </Alert>
          )}
        </div>
        {containers.data?.failed.map(({ name, error }, place) => (
          <ErrorNotice error={error} key={place} of={name} />
        ))}
        {folders.failure !== undefined && <ErrorNotice error={folders.failure} />}
        {add.error && <ErrorNotice error={add.error} onRetry={submit} />}
        {failure !== undefined && <ErrorNotice error={failure} />}
        <Suspense fallback={<Pending />}>
          {plain.length > 0 && (
            <LinksTable
              checkOf={checkOf}
              expanding={folders.opening}
              links={plain}
              onExpand={folders.expand}
              onRemove={removeOne}
              refused={add.refused}
            />
          )}
          {roots.map((root) => (
            <FolderPanel
              folders={folders}
              key={root}
              onRemove={() => removeOne(root)}
              refused={add.refused}
              root={root}
            />
          ))}
        </Suspense>
        {links.length > 0 && <SumBar isPending={add.isPending} onSubmit={submit} sum={sum} />}
        {links.length === 0 && add.added === 0 && (
          <EmptyState icon={<AddIcon size={32} />} title={m.add_empty_title()}>
            {m.add_empty()}
          </EmptyState>
        )}
      </Stack>
    </>
  )
}
