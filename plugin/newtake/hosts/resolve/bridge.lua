-- Holds DaVinci Resolve's `resolve` object and makes the calls it is asked for: bridge.py's twin.
--
-- For the editions whose menu runs Lua alone. Lua 5.1, as inside Fusion (LuaJIT). The requests, the
-- answers and the four rules are those that bridge.py has at its head; the folder through which
-- both come is that of spool.py. The free edition from 21.1 on runs menu scripts without io,
-- os.execute and more (measured by others; 21.1): there requests are read by `loadfile`, as
-- everywhere, and answers are put into Fusion's preferences.
--
-- `newtake_main(resolve, command, spool_parent)` is the entry; the chunk's value is for tests.
-- One file, longer than others here, since Resolve loads it by its path alone.

local PROTOCOL = 1
local POLL_SECONDS = 0.05
-- Silence is counted in our own polls: a computer that slept has ended nobody.
local POLLS_TO_START = 1200
local POLLS_BY_HAND = 12000
local POLLS_OF_SILENCE = 600
local POLLS_A_BEAT = 10
local BY_HAND = "by-hand"
local ANSWER_KEY = "Global.NewTake.Answer"
local NOT_FOR_THE_CHILD = { "PYTHONHOME", "PYTHONPATH", "PYTHONEXECUTABLE", "__PYVENV_LAUNCHER__" }

local unpack = unpack or table.unpack

-- JSON ------------------------------------------------------------------------------------------

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

-- Failures --------------------------------------------------------------------------------------

local FAILURE = {}

local function failure(kind, text, call, value)
  if value == nil then value = null end
  return setmetatable({ kind = kind, text = text, call = call or "", value = value }, FAILURE)
end

local function fail(...)
  error(failure(...), 0)
end

-- What no call says, and would end a request in its middle, is an error like the others.
local function as_error(problem)
  if getmetatable(problem) == FAILURE then return problem end
  return failure("request", tostring(problem))
end

local function as_json(problem)
  return { kind = problem.kind, text = problem.text, call = problem.call, value = problem.value }
end

local function ends_all(problem)
  return problem.kind == "silent" or problem.kind == "gone"
end

-- The version's table ---------------------------------------------------------------------------

local function numbers(version)
  local list = {}
  for part in tostring(version):gmatch("%d+") do list[#list + 1] = tonumber(part) end
  return list
end

-- Whether a is later than b; "21.1" is not later than 21.1.0, as tuples of Python compare.
local function later(a, b)
  for place = 1, math.max(#a, #b) do
    if b[place] == nil then return a[place] ~= nil end
    if a[place] == nil then return false end
    if a[place] ~= b[place] then return a[place] > b[place] end
  end
  return false
end

local function documented(classes, version, owner, name)
  local label = owner .. "." .. name
  local row = (classes[owner] or {})[name]
  if not row then fail("no_method", "No version documents it.", label) end
  local last = numbers(row.last or "")
  local now = { unpack(version, 1, #last) }
  if later(numbers(row.since), version) or (#last > 0 and later(now, last)) then
    fail("no_method", "Resolve " .. table.concat(version, ".") .. " does not have it.", label)
  end
  return row
end

-- Resolve's objects -----------------------------------------------------------------------------

local CLASSES = {
  resolve = "Resolve", project_manager = "ProjectManager", project = "Project", pool = "MediaPool",
  storage = "MediaStorage", timeline = "Timeline", root_folder = "Folder",
  current_folder = "Folder",
  item = "TimelineItem", media = "MediaPoolItem", folder = "Folder",
}
local KINDS = {
  Project = "project", Timeline = "timeline", TimelineItem = "item", MediaPoolItem = "media",
  Folder = "folder",
}
local KIND_NAMES = { "project", "timeline", "item", "media", "folder" }
local WANTS = { ["true"] = true, value = true, number = true, list = true, any = true }
local TRACK_TYPES = { "video", "audio", "subtitle" }
local POOL_ITEM = "mediaPoolItem"

local function attribute(thing, name)
  local ok, found = pcall(function() return thing[name] end)
  if ok then return found end
  return nil
end

-- What a method gives; nil where it is absent or fails, as Resolve itself says it.
local function asked(thing, name, ...)
  local method = attribute(thing, name)
  if method == nil then return nil end
  local ok, value = pcall(method, thing, ...)
  if ok then return value end
  return nil
end

local function listed(thing, name, ...)
  local found = asked(thing, name, ...)
  local list = {}
  if type(found) ~= "table" then return list end
  for _, one in pairs(found) do list[#list + 1] = one end
  return list
end

local function id_of(thing)
  return asked(thing, "GetUniqueId")
end

-- Resolve's objects are userdata in Fusion's Lua; a table that answers like one is taken for one.
local function is_object(value)
  if type(value) == "userdata" then return true end
  return type(value) == "table" and getmetatable(value) ~= nil
    and attribute(value, "GetUniqueId") ~= nil
end

-- MediaPoolItem of list[MediaPoolItem], of list[list[MediaPoolItem]] and of MediaPoolItem?.
local function bare(returns)
  return (returns:gsub("list%[", ""):gsub("[%]%?]+$", ""))
end

local function round(number)
  return math.floor(number + 0.5)
end

local function same(found, wanted, within)
  if type(found) == "number" and type(wanted) == "number" then
    return math.abs(round(found) - round(wanted)) <= within
  end
  if type(found) ~= "table" or type(wanted) ~= "table" then return found == wanted end
  if found == null or wanted == null then return found == wanted end
  for key, one in pairs(found) do
    if wanted[key] == nil or not same(one, wanted[key], 0) then return false end
  end
  for key in pairs(wanted) do
    if found[key] == nil then return false end
  end
  return true
end

local function given(value)
  if value == null then return nil end
  return value
end

-- The bridge ------------------------------------------------------------------------------------

local Bridge = {}
Bridge.__index = Bridge

function Bridge.new(resolve, classes, way)
  return setmetatable({ resolve = resolve, classes = classes, way = way, handed_out = {} }, Bridge)
end

function Bridge:answer(request)
  local todo = request["do"]
  if todo == "hello" then return { ok = self:hello() } end
  if todo == "run" then return self:run(request.calls, given(request["finally"]) or {}) end
  if todo == "each" then return { ok = self:each(request.list, request.get) } end
  if todo == "bye" then return { ok = null } end
  fail("request", "There is no " .. tostring(todo) .. " to do.")
end

function Bridge:version()
  if not self.known then
    local version = asked(self.resolve, "GetVersion")
    if type(version) ~= "table" or #version == 0 then
      error(self:silence("Resolve.GetVersion"), 0)
    end
    self.full = array({ unpack(version) })
    self.known = { tonumber(version[1]), tonumber(version[2]) or 0, tonumber(version[3]) or 0 }
  end
  return self.known
end

function Bridge:hello()
  local product = asked(self.resolve, "GetProductName")
  if not product or product == "" then error(self:silence("Resolve.GetProductName"), 0) end
  self:version()
  return {
    protocol = PROTOCOL,
    way = self.way,
    version = self.full,
    product = product,
    studio = product:lower():find("studio", 1, true) ~= nil,
    page = asked(self.resolve, "GetCurrentPage") or null,
    python = "",
  }
end

-- One call after the other, up to the first that fails; `afterwards` in any case.
function Bridge:run(calls, afterwards)
  local results, done, answer = {}, array(), nil
  for place, call in ipairs(calls) do
    local ok, problem = pcall(function()
      local value, returns = self:made(call, results)
      results[place] = { value = value, returns = returns }
      done[place] = self:encoded(value, returns)
    end)
    if not ok then
      local found = as_json(as_error(problem))
      found.at = place - 1
      -- What could not be put into words was done all the same.
      answer = { error = found, done = done }
      break
    end
  end
  local errors = array()
  for _, call in ipairs(afterwards) do
    local ok, problem = pcall(self.made, self, call, results)
    if not ok then errors[#errors + 1] = as_json(as_error(problem)) end
  end
  answer = answer or { ok = done }
  if #errors > 0 then answer.finally_errors = errors end
  return answer
end

-- The same reads of every object of a list.
function Bridge:each(listing, get)
  local asking = {}
  for key, one in pairs(listing) do asking[key] = one end
  asking.want = "list"
  local found, returns = self:made(asking, {})
  local owner, rows = self:class_of(returns), array()
  for _, thing in ipairs(found) do
    local values = array()
    for place, call in ipairs(get) do
      local ok, problem = pcall(function()
        local value, gives = self:call(thing, owner, call, {})
        values[place] = { ok = self:encoded(value, gives) }
      end)
      if not ok then
        local failed = as_error(problem)
        if ends_all(failed) then error(failed, 0) end
        values[place] = { error = as_json(failed) }
      end
    end
    rows[#rows + 1] = { object = self:encoded(thing, returns), values = values }
  end
  return rows
end

-- A call with its check: the raw result, and what it is documented to be.
function Bridge:made(call, results)
  local thing, owner = self:found(given(call.on) or "timeline", results)
  local value, returns = self:call(thing, owner, call, results)
  if given(call.check) then self:check(call.check, thing, owner, results) end
  return value, returns
end

function Bridge:call(thing, owner, call, results)
  local name = call.call
  if type(name) ~= "string" then fail("request", "A call has no name.") end
  local label = owner .. "." .. name
  if thing == nil then fail("not_found", "There is no object to ask.", label) end
  local row = documented(self.classes, self:version(), owner, name)
  local args = given(call.args) or {}
  local count, arguments = #args, {}
  for place = 1, count do arguments[place] = self:decoded(args[place], results) end
  if count < row.least or count > row.most then
    fail("arguments", "It takes " .. row.least .. " to " .. row.most .. " arguments.", label, count)
  end
  local method = attribute(thing, name)
  if method == nil then
    error(self:silence(label, "no_method", "This Resolve does not offer it."), 0)
  end
  local ok, value = pcall(method, thing, unpack(arguments, 1, count))
  if not ok then error(self:silence(label, "raised", tostring(value)), 0) end
  local want = given(call.want) or "value"
  self:demand(value, want, label)
  if want == "list" and value == nil then value = array() end
  return value, row.returns
end

local function plain(value)
  if type(value) == "table" or type(value) == "userdata" then return tostring(value) end
  return value
end

function Bridge:demand(value, want, label)
  if not WANTS[want] then
    fail("request", "There is no " .. tostring(want) .. " to want.", label)
  end
  if want == "any" then return end
  if want == "list" then
    if type(value) == "table" or (value == nil and not self:is_silent()) then return end
    error(self:silence(label, "nothing", "Resolve gave no list."), 0)
  end
  if value == nil then error(self:silence(label), 0) end
  if want == "true" and value ~= true then
    fail("refused", "Resolve refused and gave no reason.", label, plain(value))
  end
  if want == "number" and type(value) ~= "number" then
    fail("nothing", "Resolve gave no number.", label, plain(value))
  end
  local empty = value == false or value == ""
    or (type(value) == "table" and not is_object(value) and next(value) == nil)
  if want == "value" and empty then
    fail("nothing", "Resolve gave nothing back and no reason.", label)
  end
end

function Bridge:is_silent()
  local product = asked(self.resolve, "GetProductName")
  return not product or product == ""
end

-- The error for an answer that is missing: worse when Resolve as a whole is silent.
function Bridge:silence(label, kind, text)
  if not self:is_silent() then
    return failure(kind or "nothing", text or "Resolve gave nothing back and no reason.", label)
  end
  if attribute(self.resolve, "GetProductName") == nil then
    return failure("gone", "Resolve has quit, or does not let scripts in.", label)
  end
  return failure("silent", "Resolve answers nothing: is a dialog open?", label)
end

-- Read back what was written.
function Bridge:check(read, thing, owner, results)
  if given(read.on) then thing, owner = self:found(read.on, results) end
  local value, returns = self:call(
    thing, owner, { call = read.call, args = read.args, want = "any" }, results
  )
  if given(read.field) then
    if type(value) == "table" then value = value[read.field] else value = nil end
  end
  local encoded = self:encoded(value, returns)
  if same(encoded, read.equals, given(read.within) or 0) then return end
  local text, label = "It was written, and reads back as something else.", owner .. "." .. read.call
  if value == nil then error(self:silence(label, "not_as_written", text), 0) end
  fail("not_as_written", text, label, encoded)
end

-- The object of an address, and its class.
function Bridge:found(address, results)
  if type(address) == "string" then
    return self:named(address), CLASSES[address]
  end
  if type(address) ~= "table" or address == null then fail("request", "This is no address.") end
  if given(address.result) then
    return self:earlier(address.result, given(address.at), results)
  end
  for _, kind in ipairs(KIND_NAMES) do
    if given(address[kind]) then
      return self:identified(kind, address[kind], given(address["in"])), CLASSES[kind]
    end
  end
  fail("request", encode(address) .. " is no address.")
end

-- What an earlier call gave, or one entry of it; entries of lists count from 0 in requests.
function Bridge:earlier(place, at, results)
  local result = type(place) == "number" and results[place + 1] or nil
  if not result then fail("request", "There is no result " .. tostring(place) .. " yet.") end
  local owner = self:class_of(result.returns)
  if at == nil then return result.value, owner end
  local value = nil
  if type(result.value) == "table" then
    if type(at) == "number" then value = result.value[at + 1] else value = result.value[at] end
  end
  if value == nil then
    fail("not_found", "Result " .. place .. " has no entry " .. tostring(at) .. ".")
  end
  return value, at == POOL_ITEM and CLASSES.media or owner
end

function Bridge:named(name)
  if not CLASSES[name] or name == "item" or name == "media" or name == "folder" then
    fail("request", name .. " is no address.")
  end
  if name == "resolve" then return self.resolve end
  if name == "storage" then return self:there(self.resolve, "GetMediaStorage", name) end
  local manager = self:there(self.resolve, "GetProjectManager", name)
  if name == "project_manager" then return manager end
  local project = self:there(manager, "GetCurrentProject", "project")
  if name == "project" then return project end
  if name == "timeline" then return self:there(project, "GetCurrentTimeline", name) end
  local pool = self:there(project, "GetMediaPool", name)
  if name == "pool" then return pool end
  return self:there(pool, name == "root_folder" and "GetRootFolder" or "GetCurrentFolder", name)
end

function Bridge:there(owner, method, name)
  local thing = asked(owner, method)
  if thing == nil then
    error(self:silence("", "not_found", "There is no " .. name:gsub("_", " ") .. " open."), 0)
  end
  return thing
end

function Bridge:identified(kind, uid, within)
  local key = kind .. ":" .. tostring(uid)
  local known = self.handed_out[key]
  if known ~= nil and id_of(known) == uid then return known end
  local found = self:searched(kind, within, function(each) return id_of(each) == uid end)
  if found == nil then
    local text = "There is no " .. kind .. " of the id " .. tostring(uid) .. "."
    error(self:silence("", "not_found", text), 0)
  end
  self.handed_out[key] = found
  return found
end

local function first(list, fits)
  for _, each in ipairs(list) do
    if fits(each) then return each end
  end
  return nil
end

local function searched_folders(folder, look)
  local found = look(folder)
  if found ~= nil then return found end
  for _, each in ipairs(listed(folder, "GetSubFolderList")) do
    found = searched_folders(each, look)
    if found ~= nil then return found end
  end
  return nil
end

function Bridge:searched(kind, within, fits)
  local project = self:named("project")
  if kind == "project" then return fits(project) and project or nil end
  if kind == "timeline" then
    for place = 1, asked(project, "GetTimelineCount") or 0 do
      local timeline = asked(project, "GetTimelineByIndex", place)
      if timeline ~= nil and fits(timeline) then return timeline end
    end
    return nil
  end
  if kind == "item" then
    local timeline = within and self:identified("timeline", within) or self:named("timeline")
    for _, track_type in ipairs(TRACK_TYPES) do
      for place = 1, asked(timeline, "GetTrackCount", track_type) or 0 do
        local found = first(listed(timeline, "GetItemListInTrack", track_type, place), fits)
        if found ~= nil then return found end
      end
    end
    return nil
  end
  return searched_folders(self:named("root_folder"), function(folder)
    if kind == "folder" then return fits(folder) and folder or nil end
    return first(listed(folder, "GetClipList"), fits)
  end)
end

-- The class of the objects in what a method is documented to return; "" for others.
function Bridge:class_of(returns)
  local name = bare(returns)
  return self.classes[name] and name or ""
end

-- A word of Resolve's own, such as EXPORT_OTIO: an opaque value on its root object.
function Bridge:constant(name)
  local value = attribute(self.resolve, name)
  if value == nil then fail("not_found", "This Resolve has no constant " .. tostring(name) .. ".") end
  return value
end

function Bridge:decoded(value, results)
  if value == null then return nil end
  if type(value) ~= "table" then return value end
  if not is_array(value) and value["$"] ~= nil then
    local address = value["$"]
    if type(address) == "table" and address.constant ~= nil then
      return self:constant(address.constant)
    end
    return (self:found(address, results))
  end
  local plain_table = {}
  for key, one in pairs(value) do plain_table[key] = self:decoded(one, results) end
  return plain_table
end

-- Lua has one kind of table: what is documented tells lists from dictionaries, else the keys do.
local function is_list(value, returns)
  if is_array(value) or returns:find("^list%[") or returns:find("^%[") then return true end
  if returns:find("^dict%[") then return false end
  local count = 0
  for _ in pairs(value) do count = count + 1 end
  return count > 0 and #value == count
end

function Bridge:encoded(value, returns)
  if value == nil then return null end
  if is_object(value) then
    local uid, kind = id_of(value), KINDS[bare(returns)]
    if not uid or uid == "" or not kind then return { ["$"] = null } end
    self.handed_out[kind .. ":" .. tostring(uid)] = value
    return { ["$"] = { [kind] = uid } }
  end
  if type(value) ~= "table" then return value end
  local inner = bare(returns)
  if returns:find("^list%[list%[") then inner = returns:sub(6, -2) end
  if is_list(value, returns) then
    local list = array()
    for place, one in ipairs(value) do list[place] = self:encoded(one, inner) end
    return list
  end
  -- The value of a dictionary is documented after its key: dict[int, MarkerInfo].
  inner = returns:match("^dict%[%w+, *(.*)%]$") or inner
  local object = {}
  for key, one in pairs(value) do
    -- Keys that are frames are numbers.
    local name = type(key) == "number" and number_text(key) or tostring(key)
    object[name] = self:encoded(one, key == POOL_ITEM and CLASSES.media or inner)
  end
  return object
end

-- The answer to one line, and whether it was the last.
local function answer_line(bridge, line)
  local number, last = null, false
  local ok, reply = pcall(function()
    local request = decode(line)
    if type(request) ~= "table" or is_array(request) or request == null then
      error("a request is an object", 0)
    end
    number, last = request.id or null, request["do"] == "bye"
    return bridge:answer(request)
  end)
  if not ok then reply = { error = as_json(as_error(reply)) } end
  reply.id = number
  return encode(reply) .. "\n", last
end

-- Command lines ---------------------------------------------------------------------------------

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

-- The folder ------------------------------------------------------------------------------------

local function on_windows()
  if jit and jit.os then return jit.os == "Windows" end
  return package ~= nil and package.config:sub(1, 1) == "\\"
end

local function wait()
  if bmd and bmd.wait then
    bmd.wait(POLL_SECONDS)
  elseif on_windows() then
    os.execute("ping -n 2 127.0.0.1 >nul")
  else
    os.execute("sleep " .. POLL_SECONDS)
  end
end

-- The text that a file of newtake's returns; it is a program, and gets nothing to work with.
local function read(path)
  local chunk = loadfile(path)
  if not chunk then return nil end
  if setfenv then setfenv(chunk, {}) end
  local ok, text = pcall(chunk)
  if ok and type(text) == "string" then return text end
  return nil
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

local function numbered(folder, number, ending)
  return string.format("%s/%06d.%s", folder, number, ending)
end

-- Ways to give an answer; each is false when there is nobody left to give it to.
local function answer_by_file(folder)
  return function(number, line)
    local path = numbered(folder, number, "answer")
    local file = io.open(path .. ".new", "wb")
    if not file then return false end
    file:write(line)
    file:close()
    os.remove(numbered(folder, number, "request"))
    return os.rename(path .. ".new", path) ~= nil
  end
end

local function answer_by_prefs(session, app)
  return function(number, line)
    app:SetPrefs(ANSWER_KEY, session .. ":" .. number .. ":" .. base64(line))
    app:SavePrefs()
    return true
  end
end

-- Answer what lies in the folder until the other side ends; "another" when a new one came for it.
local function serve(bridge, folder, session, give)
  local number, beat, silent = 1, nil, 0
  while true do
    local line = read(numbered(folder, number, "request"))
    if line then
      local reply, last = answer_line(bridge, line)
      if not give(number, reply) or last then return "ended" end
      number, silent = number + 1, 0
    else
      -- Requests first: what was asked before the end is still done.
      if read(folder .. "/stop") then return "ended" end
      if silent % POLLS_A_BEAT == 0 then
        local now = read(folder .. "/session")
        if now == nil then return "ended" end
        if now ~= session then return "another" end
        local heard = read(folder .. "/alive")
        if heard and heard ~= beat then beat, silent = heard, 0 end
      end
      silent = silent + 1
      if silent > POLLS_OF_SILENCE then return "ended" end
      wait()
    end
  end
end

-- The session's word, once the other side is there; nil when it does not come.
local function await_session(folder, polls, must_beat)
  local beat = read(folder .. "/alive")
  for _ = 1, polls do
    local session, now = read(folder .. "/session"), read(folder .. "/alive")
    if session and now and (not must_beat or now ~= beat) then return session end
    wait()
  end
  return nil
end

local function remove_folder(folder, last)
  local names = { "session", "table", "alive", "stop" }
  for number = 1, last do
    names[#names + 1] = string.format("%06d.request", number)
    names[#names + 1] = string.format("%06d.answer", number)
  end
  for _ = 1, 10 do
    for _, name in ipairs(names) do
      os.remove(folder .. "/" .. name)
      os.remove(folder .. "/" .. name .. ".new")
    end
    -- Or the other side was sooner.
    if os.remove(folder) or not os.rename(folder, folder) then return end
    wait()
  end
  if on_windows() then os.execute("rd " .. cmd_quoted((folder:gsub("/", "\\")))) end
end

local function fresh_name()
  local id = bmd and bmd.createuuid and tostring(bmd.createuuid()) or nil
  id = id or (os.time() .. tostring({}) .. os.clock())
  return "spool-" .. id:gsub("[^%w]", "")
end

local function make_folder(folder, parent)
  if on_windows() and bmd and bmd.createdir then
    bmd.createdir(parent)
    bmd.createdir(folder)
  else
    -- For the user alone: requests name files and prompts.
    os.execute(on_windows() and windows_folder(folder) or posix_folder(folder))
  end
end

local function table_of(folder)
  local ok, found = pcall(decode, read(folder .. "/table") or "")
  if not ok then error("New Take: its table of Resolve's versions cannot be read.", 0) end
  return found.classes
end

-- Where nothing can be started or written: meet the newtake that the editor starts by hand.
local function serve_by_hand(resolve, parent)
  local folder = parent .. "/" .. BY_HAND
  local app = fusion or fu or asked(resolve, "Fusion")
  local state = "another"
  while state == "another" do
    local session = await_session(folder, POLLS_BY_HAND, true)
    if not session then
      error("New Take: this edition of Resolve lets no script start a program. Run "
        .. "`newtake resolve open --by-hand` in a terminal, then choose New Take here again.", 0)
    end
    local bridge = Bridge.new(resolve, table_of(folder), "lua")
    state = serve(bridge, folder, session, answer_by_prefs(session, app))
  end
end

-- Called by the launcher inside Resolve; returns when newtake has ended.
--   command       the words of the command that newtake is; ours are put behind them
--   spool_parent  a folder of the user's, where conversations get a folder each
function newtake_main(resolve, command, spool_parent)
  if not (io and os.execute and os.rename and os.remove) then
    return serve_by_hand(resolve, spool_parent)
  end
  local folder = spool_parent .. "/" .. fresh_name()
  make_folder(folder, spool_parent)
  local words = { unpack(command) }
  words[#words + 1] = "--spool"
  words[#words + 1] = folder
  os.execute(on_windows() and windows_start(words) or posix_start(words))
  local session = await_session(folder, POLLS_TO_START, false)
  if not session then
    remove_folder(folder, 0)
    error("New Take: its program did not start: " .. table.concat(words, " "), 0)
  end
  local give, last = answer_by_file(folder), 0
  serve(Bridge.new(resolve, table_of(folder), "lua"), folder, session, function(number, line)
    last = number
    return give(number, line)
  end)
  remove_folder(folder, last + 1)
end

return {
  encode = encode, decode = decode, null = null, Bridge = Bridge, answer_line = answer_line,
  posix_start = posix_start, windows_start = windows_start, posix_folder = posix_folder,
  windows_folder = windows_folder, base64 = base64,
}
