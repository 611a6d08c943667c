/** The edge's configuration, and its admin server. */
import { type ErrorEntry, error, warning } from './entry.ts';

export const EDGE_CONFIGURATION = {
  // The edge's configuration
  TINCT_CONFIG_UNREADABLE: error(
    'The configuration cannot be read',
    'A file is missing, is no regular file, may not be read, is too large, or is not UTF-8.',
    'Check the path and its permissions.',
  ),
  TINCT_CONFIG_SYNTAX: error(
    'The configuration is not YAML 1.2 or JSON',
    'The text cannot be parsed, or says something twice.',
    'Mend it at the place named; indentation and unclosed quotes are the usual causes.',
  ),
  TINCT_CONFIG_KEY_UNKNOWN: error(
    'An unknown key of the configuration',
    'A misspelt key would silently do nothing.',
    'Use the name that the hint gives, or remove the key.',
  ),
  TINCT_CONFIG_KEY_MISSING: error(
    'A key of the configuration is missing',
    'There is no default that would be right for everyone.',
    'Add it to the file, or give it as a variable or a flag.',
  ),
  TINCT_CONFIG_TYPE: error(
    'A value of the wrong type in the configuration',
    'Another kind of value is expected here.',
    'Write the kind of value that the message names.',
  ),
  TINCT_CONFIG_VALUE: error(
    'A value of the configuration outside what is allowed',
    'The proxy does not start with a value that it would have to guess.',
    'Write what the message asks for.',
  ),
  TINCT_CONFIG_EXACTLY_ONE: error(
    'Keys of the configuration that exclude each other',
    'None of them, or several at once, has no meaning.',
    'Keep one of the keys that the message names.',
  ),
  TINCT_CONFIG_VARIABLE_UNKNOWN: warning(
    'A variable that looks misspelt',
    'It begins like a variable of Tinct, and none has this name: it does nothing.',
    'Use the name that the hint gives, or remove it.',
  ),
  TINCT_CONFIG_WITHOUT_EFFECT: warning(
    'A setting without effect',
    'It is for something that the rest of the configuration leaves out.',
    'Add what the message names, or remove the setting.',
  ),

  // The admin server
  TINCT_ADMIN_REQUEST_MALFORMED: error(
    'A request that the admin server cannot read (400)',
    'Its body or its path is not what `/openapi.json` describes.',
    'Write it as `/openapi.json` has it, and send it as `Content-Type: application/json`.',
  ),
  TINCT_ADMIN_UNAUTHORIZED: error(
    'No token, or a wrong one (401)',
    'What changes or reveals needs the bearer token of the configuration.',
    'Send `Authorization: Bearer …` with the token of `admin.token` or `admin.tokenFile`.',
  ),
  TINCT_ADMIN_ROUTE_UNKNOWN: error(
    'There is nothing at this path (404)',
    'The admin server has no such route.',
    '`/openapi.json` lists all of them.',
  ),
  TINCT_ADMIN_HOST_REFUSED: error(
    'A Host that is not the admin server (421)',
    'A web page could reach it by a name of its own.',
    'Use its IP address or localhost, name the host in `admin.hosts`, or send the token.',
  ),
  TINCT_STATE_UNREADABLE: error(
    'The state cannot be read',
    'Without knowing what was aborted, starting could bring it back.',
    'Mend the file, or remove it once the aborts stand in the plan.',
  ),
  TINCT_STATE_UNWRITABLE: error(
    'The state cannot be written (500)',
    'The abort is in force, and would not outlive a restart.',
    'Mend the folder, and write the abort into the plan: `tinct plan abort`.',
  ),
  TINCT_ABORT_UNCONFIRMED: error(
    'An edge did not confirm the abort',
    'It could not be reached, or said no: it may still send users to the release.',
    'Look at each line above, run the command again, and write the abort into the plan: `tinct plan abort`.',
  ),
} as const satisfies Record<string, ErrorEntry>;
