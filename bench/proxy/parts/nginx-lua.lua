-- The work of each request, for nginx-lua.conf. The cookie is <version>.<user>.<HMAC-SHA1, base64>.
local KEY = "0123456789abcdef0123456789abcdef"
local BOUNDS = { 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10 }
local MAC_LENGTH = 28
local allowed, counts = {}, { v1 = {}, v2 = {} }
for i = 0, 999 do allowed["vip-" .. i] = true end

local function mac_of(text) return ngx.encode_base64(ngx.hmac_sha1(KEY, text)) end

local function remembered(cookie)
  if not cookie then return nil end
  local said, mac = cookie:sub(1, -MAC_LENGTH - 2), cookie:sub(-MAC_LENGTH)
  if mac_of(said) ~= mac then return nil end
  return said:sub(1, 2)
end

function decide()
  local var = ngx.var
  local user = var.http_x_user_id
  local kept = remembered(var.cookie_sticky)
  if user and allowed[user] then
    var.version = "v2"
    return
  end
  if kept then
    var.version = kept
    return
  end
  user = user or var.request_id
  local version = ngx.crc32_short(user) % 10000 < 1000 and "v2" or "v1"
  local said = version .. "." .. user
  var.version = version
  var.cookie_to_set = "sticky=" .. said .. "." .. mac_of(said) .. "; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax"
end

function record()
  local of = counts[ngx.var.version]
  local seconds = ngx.now() - ngx.req.start_time()
  local bucket = 1
  while bucket <= #BOUNDS and seconds > BOUNDS[bucket] do bucket = bucket + 1 end
  local cell = math.floor(ngx.status / 100) * 16 + bucket
  of[cell] = (of[cell] or 0) + 1
end
