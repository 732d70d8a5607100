-- Texts that Lua has no words for: JSON, base64, and command lines of two kinds of shell.
--
-- Lua 5.1 (LuaJIT), and nothing but its strings and tables.

local NOT_FOR_THE_CHILD = { "PYTHONHOME", "PYTHONPATH", "PYTHONEXECUTABLE", "__PYVENV_LAUNCHER__" }

local null = setmetatable({}, { __tostring = function() return "null" end })
local ARRAY = {}

local function array(list)
  return setmetatable(list or {}, ARRAY)
end

local function is_array(value)
  return getmetatable(value) == ARRAY
end

local ESCAPES = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n",
  ["\r"] = "\\r", ["\t"] = "\\t",
}

local function json_string(text)
  return '"' .. text:gsub('[%z\1-\31"\\\127]', function(one)
    return ESCAPES[one] or string.format("\\u%04x", one:byte())
  end) .. '"'
end

local function number_text(number)
  if number ~= number or number == math.huge or number == -math.huge then
    -- JSON has no such number.
    return "null"
  end
  if number == math.floor(number) and math.abs(number) < 1e15 then
    return string.format("%.0f", number)
  end
  return string.format("%.17g", number)
end

local function put(value, out)
  local kind = type(value)
  if value == nil or value == null then
    out[#out + 1] = "null"
  elseif kind == "boolean" then
    out[#out + 1] = tostring(value)
  elseif kind == "number" then
    out[#out + 1] = number_text(value)
  elseif kind == "string" then
    out[#out + 1] = json_string(value)
  elseif is_array(value) then
    out[#out + 1] = "["
    for place = 1, #value do
      if place > 1 then out[#out + 1] = "," end
      put(value[place], out)
    end
    out[#out + 1] = "]"
  elseif kind == "table" then
    out[#out + 1] = "{"
    local first = true
    for key, one in pairs(value) do
      if not first then out[#out + 1] = "," end
      first = false
      out[#out + 1] = json_string(tostring(key)) .. ":"
      put(one, out)
    end
    out[#out + 1] = "}"
  else
    out[#out + 1] = json_string(tostring(value))
  end
end

local function encode(value)
  local out = {}
  put(value, out)
  return table.concat(out)
end

local function utf8_of(code)
  if code < 0x80 then return string.char(code) end
  if code < 0x800 then
    return string.char(0xC0 + math.floor(code / 0x40), 0x80 + code % 0x40)
  end
  local last = string.char(0x80 + math.floor(code / 0x40) % 0x40, 0x80 + code % 0x40)
  if code < 0x10000 then return string.char(0xE0 + math.floor(code / 0x1000)) .. last end
  local first = 0xF0 + math.floor(code / 0x40000)
  return string.char(first, 0x80 + math.floor(code / 0x1000) % 0x40) .. last
end

local PLAIN_ESCAPES = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function unescaped(text)
  -- Pairs of surrogates first: one character in two parts.
  text = text:gsub("()\\(u[dD][89abAB]%x%x)\\(u[dD][c-fC-F]%x%x)", function(at, high, low)
    local before = text:sub(1, at - 1):match("\\*$")
    if #before % 2 == 1 then return nil end
    local upper, lower = tonumber(high:sub(2), 16) - 0xD800, tonumber(low:sub(2), 16) - 0xDC00
    return utf8_of(0x10000 + upper * 0x400 + lower)
  end)
  return (text:gsub("\\(.)(%x?%x?%x?%x?)", function(one, digits)
    if one == "u" then return utf8_of(tonumber(digits, 16)) end
    return (PLAIN_ESCAPES[one] or one) .. digits
  end))
end

local parse

local function parse_string(text, at)
  local from = at + 1
  local to = from
  while true do
    to = text:find('["\\]', to)
    if not to then error("a text without its end at " .. at, 0) end
    if text:byte(to) == 34 then break end
    to = to + 2
  end
  local found = text:sub(from, to - 1)
  if found:find("\\", 1, true) then found = unescaped(found) end
  return found, to + 1
end

local function skip(text, at)
  return text:find("[^ \t\r\n]", at) or #text + 1
end

local function parse_list(text, at)
  local list = array()
  at = skip(text, at + 1)
  if text:sub(at, at) == "]" then return list, at + 1 end
  while true do
    list[#list + 1], at = parse(text, at)
    at = skip(text, at)
    local mark = text:sub(at, at)
    if mark == "]" then return list, at + 1 end
    if mark ~= "," then error("a list without its end at " .. at, 0) end
    at = at + 1
  end
end

local function parse_object(text, at)
  local object = {}
  at = skip(text, at + 1)
  if text:sub(at, at) == "}" then return object, at + 1 end
  while true do
    at = skip(text, at)
    if text:sub(at, at) ~= '"' then error("an object without a key at " .. at, 0) end
    local key
    key, at = parse_string(text, at)
    at = skip(text, at)
    if text:sub(at, at) ~= ":" then error("an object without a value at " .. at, 0) end
    object[key], at = parse(text, at + 1)
    at = skip(text, at)
    local mark = text:sub(at, at)
    if mark == "}" then return object, at + 1 end
    if mark ~= "," then error("an object without its end at " .. at, 0) end
    at = at + 1
  end
end

local WORDS = { ["true"] = true, ["false"] = false, ["null"] = null }

parse = function(text, at)
  at = skip(text, at)
  local mark = text:sub(at, at)
  if mark == "{" then return parse_object(text, at) end
  if mark == "[" then return parse_list(text, at) end
  if mark == '"' then return parse_string(text, at) end
  local word = text:match("^%a+", at)
  if word and WORDS[word] ~= nil then return WORDS[word], at + #word end
  local number = text:match("^-?%d+%.?%d*[eE]?[+-]?%d*", at)
  if number and tonumber(number) then return tonumber(number), at + #number end
  error("no JSON at " .. at, 0)
end

local function decode(text)
  local value, at = parse(text, 1)
  if skip(text, at) <= #text then error("more than one value", 0) end
  return value
end

local DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function base64(text)
  local out = {}
  for at = 1, #text, 3 do
    local a, b, c = text:byte(at, at + 2)
    local bits = a * 65536 + (b or 0) * 256 + (c or 0)
    for place = 3, 0, -1 do
      local digit = math.floor(bits / 64 ^ place) % 64
      local filled = place >= 2 or (place == 1 and b) or (place == 0 and c)
      out[#out + 1] = filled and DIGITS:sub(digit + 1, digit + 1) or "="
    end
  end
  return table.concat(out)
end

local function sh_quoted(word)
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

-- For cmd.exe and the C runtime behind it: a backslash before a quote, doubled ones before that.
-- A percent sign stands outside of the quotes with a caret, where it names no variable.
local function cmd_quoted(word)
  local text = word:gsub('(\\*)"', '%1%1\\"'):gsub("(\\+)$", "%1%1")
  return '"' .. text:gsub("(\\*)%%", '%1%1"^%%"') .. '"'
end

local function quoted(words, quote)
  local list = {}
  for place, word in ipairs(words) do list[place] = quote(word) end
  return table.concat(list, " ")
end

-- Both start the command by itself, with a clean environment and without a window of its own.
local function posix_start(command)
  return "( trap '' HUP; unset " .. table.concat(NOT_FOR_THE_CHILD, " ") .. "; exec "
    .. quoted(command, sh_quoted) .. " ) </dev/null >/dev/null 2>&1 &"
end

local function windows_start(command)
  local parts = {}
  for _, name in ipairs(NOT_FOR_THE_CHILD) do parts[#parts + 1] = 'set "' .. name .. '="' end
  parts[#parts + 1] = 'start "" /b ' .. quoted(command, cmd_quoted) .. " <nul >nul 2>nul"
  return table.concat(parts, " & ")
end

local function posix_folder(path)
  return "umask 077; mkdir -p " .. sh_quoted(path)
end

local function windows_folder(path)
  return "md " .. cmd_quoted((path:gsub("/", "\\")))
end

return {
  null = null, array = array, is_array = is_array, number_text = number_text,
  encode = encode, decode = decode, base64 = base64,
  cmd_quoted = cmd_quoted, posix_start = posix_start, windows_start = windows_start,
  posix_folder = posix_folder, windows_folder = windows_folder,
}
