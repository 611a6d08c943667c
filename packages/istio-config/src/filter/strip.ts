/** The script that takes away, before any other filter, what clients say of colors. Works with ext_authz dead, too. */

export interface StripOptions {
  /** Routing headers in lower case. */
  readonly headers: readonly string[];
  /** Whether Tinct's baggage members are looked for; otherwise the header as a whole is removed elsewhere. */
  readonly baggage: boolean;
}

/**
 * What a key may be trimmed of before it is compared, and how often it is decoded, is `foreignBaggage` of core; a test
 * holds the two equal in a real Envoy, but for letters beyond ASCII in front of the prefix, which are trimmed here. Lua 5.1, as LuaJIT in Envoy has it.
 */
const BAGGAGE = `
local function is_ours(key)
  local trimmed = string.gsub(key, "^[%z\\1-\\32\\127-\\255+]+", "")
  return string.lower(string.sub(trimmed, 1, 6)) == "tinct."
end

local function is_utf8(text)
  text = string.gsub(text, "[\\194-\\223][\\128-\\191]", " ")
  text = string.gsub(text, "[\\224-\\239][\\128-\\191][\\128-\\191]", " ")
  text = string.gsub(text, "[\\240-\\244][\\128-\\191][\\128-\\191][\\128-\\191]", " ")
  return string.find(text, "[\\128-\\255]") == nil
end

-- nil: nobody can say what the key is.
local function decode(key)
  local rest = string.gsub(key, "%%%x%x", "")
  if string.find(rest, "%", 1, true) then return nil end
  local text = string.gsub(key, "%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)
  if is_utf8(text) then return text end
  return nil
end

-- A hop that decodes without encoding again shows the next one what stands below.
local function is_dropped(member)
  local layer = string.match(member, "^[^=;]*")
  if is_ours(layer) then return true end
  if not string.find(layer, "%", 1, true) then return false end
  layer = decode(layer)
  if layer == nil then return true end
  local depth = 1
  while layer ~= nil do
    if is_ours(layer) or depth > 3 then return true end
    if not string.find(layer, "%", 1, true) then return false end
    layer = decode(layer)
    depth = depth + 1
  end
  return false
end

local function strip_baggage(headers)
  local baggage = headers:get("baggage")
  if baggage == nil then return end
  local kept, dropped = {}, false
  for member in string.gmatch(baggage, "[^,]+") do
    if is_dropped(member) then
      dropped = true
    elseif string.find(member, "[^ \\t]") then
      kept[#kept + 1] = member
    end
  end
  if not dropped then return end
  headers:remove("baggage")
  if #kept > 0 then headers:add("baggage", table.concat(kept, ",")) end
end
`;

const COLORS = `
-- The debug token is for the server, which takes it away.
local function is_color(name)
  name = string.gsub(string.lower(name), "_", "-")
  if name == "x-tinct-debug" then return false end
  return colors[name] ~= nil or string.sub(name, 1, 8) == "x-tinct-"
end

local function strip_colors(headers)
  local gone = {}
  for name in pairs(headers) do
    if is_color(name) then gone[#gone + 1] = name end
  end
  for _, name in ipairs(gone) do headers:remove(name) end
end
`;

export function stripScript({ headers, baggage }: StripOptions): string {
  const names = headers.map((name) => `["${name.replaceAll('_', '-')}"] = true`);
  return [
    `local colors = { ${names.join(', ')} }`,
    COLORS.trim(),
    ...(baggage ? [BAGGAGE.trim()] : []),
    'function envoy_on_request(handle)',
    '  local headers = handle:headers()',
    '  strip_colors(headers)',
    ...(baggage ? ['  strip_baggage(headers)'] : []),
    'end',
    '',
  ].join('\n');
}
