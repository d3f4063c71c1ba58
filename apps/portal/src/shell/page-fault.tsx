import { Container } from '@mantine/core'
import type { ErrorComponentProps } from '@tanstack/react-router'
import { ErrorNotice } from '../shared/error-notice.js'

/** In place of a page that failed while it was drawn, or could not be loaded. */
export function PageFault({ error }: ErrorComponentProps) {
  return (
    <Container py="xl" size="sm">
      <ErrorNotice error={error} onRetry={() => location.reload()} />
    </Container>
  )
}
