import { Box } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { call } from '../api/call.js'
import { AnnouncementNotice } from './announcement.js'

const ASK_MS = 60_000

/** What is announced, above each page, until this browser has closed it. */
export function AnnouncementBanner() {
  const { data } = useQuery({
    queryKey: ['announcement'],
    queryFn: ({ signal }) => call('GET announcement', { signal }),
    refetchInterval: ASK_MS,
    staleTime: ASK_MS,
  })
  const [read, setRead] = useLocalStorage({ key: 'obb-announcement-read', defaultValue: '' })
  const announcement = data?.announcement
  if (!announcement || announcement.since === read) return null
  return (
    <Box mb="lg">
      <AnnouncementNotice announcement={announcement} onClose={() => setRead(announcement.since)} />
    </Box>
  )
}
