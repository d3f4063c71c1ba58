/* Plain JavaScript, which tests run as it is: the program of the thread is a built one, wherever this lies. */
import '@obb/host-adapters/document-thread'
