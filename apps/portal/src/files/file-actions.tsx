import { ActionIcon, Button, Group, Menu } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ListedLink, inlineTypeOf } from '@obb/contracts'
import { Suspense, lazy, useState } from 'react'
import { call } from '../api/call.js'
import { CopyIconButton, copy } from '../shared/copy.js'
import { DownloadIcon, MoreIcon } from '../shared/icons.js'
import { m } from '../shared/text.js'
import { COMMANDS, COMMAND_NAMES } from './commands.js'
import { type ReadyLink, isReady } from './exports.js'

const QrCode = lazy(() => import('./qr-code.js').then(({ QrCode }) => ({ default: QrCode })))
const Preview = lazy(() => import('./preview.js').then(({ Preview }) => ({ default: Preview })))

/** What may be done with one file. */
export function FileActions({ link, onOpen }: { link: ListedLink; onOpen: (link: ListedLink) => void }) {
  return isReady(link) ? <ReadyActions link={link} onOpen={onOpen} /> : <FetchAgain link={link} />
}

function ReadyActions({ link, onOpen }: { link: ReadyLink; onOpen: (link: ListedLink) => void }) {
  const { link: url, filename } = link
  const [shown, show] = useState<'qr' | 'preview'>()
  const type = inlineTypeOf(filename)
  const close = () => show(undefined)
  return (
    <Group gap={4} justify="flex-end" wrap="nowrap">
      <Button
        aria-label={m.download_named({ name: filename })}
        component="a"
        href={url}
        leftSection={<DownloadIcon size={16} />}
        size="xs"
        variant="light"
      >
        {m.download()}
      </Button>
      <CopyIconButton label={m.copy_link_of({ name: filename })} text={url} />
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon aria-label={m.more_for({ name: filename })} color="gray" variant="subtle">
            <MoreIcon />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {type === 'application/pdf' && (
            <Menu.Item component="a" href={`${url}?inline=1`} rel="noopener noreferrer" target="_blank">
              {m.show_in_tab()}
            </Menu.Item>
          )}
          {type !== undefined && type !== 'application/pdf' && (
            <Menu.Item onClick={() => show('preview')}>{m.show_here()}</Menu.Item>
          )}
          <Menu.Item onClick={() => onOpen(link)}>{m.shares_title()}</Menu.Item>
          <Menu.Item onClick={() => show('qr')}>{m.qr_code()}</Menu.Item>
          <Menu.Item component="a" href={`${url}.meta4`}>
            {m.save_metalink()}
          </Menu.Item>
          <Menu.Label>{m.copy_as()}</Menu.Label>
          {COMMAND_NAMES.map((name) => (
            <Menu.Item key={name} onClick={() => void copy(COMMANDS[name](link))}>
              {name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Suspense>
        {shown === 'qr' && <QrCode link={link} onClose={close} />}
        {shown === 'preview' && <Preview link={link} onClose={close} />}
      </Suspense>
    </Group>
  )
}

/** A file that made room for others is fetched once more, and costs nothing. */
function FetchAgain({ link: { linkId } }: { link: ListedLink }) {
  const client = useQueryClient()
  const ask = useMutation({
    mutationFn: () => call('GET link/{id}', { params: { id: linkId } }),
    onSettled: () => client.invalidateQueries({ queryKey: ['links'] }),
  })
  return (
    <Button loading={ask.isPending} onClick={() => ask.mutate()} size="xs" variant="default">
      {m.fetch_again()}
    </Button>
  )
}
