/** The licence gate of Evolution 2.4 and newer. `active` is false until a person activates the server. */
export type Licence = { active: boolean; instanceId: string }

const OPEN_PATHS = ['/', '/health', '/server/ok', '/ws']
const OPEN_BEGINNINGS = ['/license/', '/manager', '/assets', '/store']

/** Whether a path answers on a server without a licence. */
export const isOpenWithoutLicence = (path: string): boolean =>
  OPEN_PATHS.includes(path) || OPEN_BEGINNINGS.some((beginning) => path.startsWith(beginning))

/** The body of the 503 without a licence. It is not the usual envelope: it has no `status` and no `response`. */
export function licenceRequired({ instanceId }: Licence, serverUrl: string): object {
  const registerUrl = `${serverUrl}/manager/login`
  return {
    error: 'service not activated',
    code: 'LICENSE_REQUIRED',
    register_url: registerUrl,
    instance_id: instanceId,
    docs_url: 'https://docs.evolutionfoundation.com.br/licensing',
    message: `This Evolution API instance is not activated. Open ${registerUrl} to activate, or set AUTHENTICATION_API_KEY to the key of an activated licence.`,
  }
}

/** The body of `GET /license/status`. */
export const licenceStatus = ({ active, instanceId }: Licence): object => ({
  status: active ? 'active' : 'inactive',
  instance_id: instanceId,
})
