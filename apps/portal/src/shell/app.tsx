import { RouterProvider } from '@tanstack/react-router'
import { router } from './router.js'

/** The portal, but for its entrance. */
export function App() {
  return <RouterProvider router={router} />
}
