/** Sent with the cookie. The API takes a session only with it, because a page of another origin cannot send it. */
export const SESSION_HEADER = 'x-zapfleet-session'
