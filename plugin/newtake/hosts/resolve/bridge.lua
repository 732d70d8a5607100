-- Holds DaVinci Resolve's `resolve` object and makes the calls it is asked for: bridge.py's twin.
--
-- For the editions whose menu runs Lua alone. Lua 5.1, as inside Fusion (LuaJIT). The requests, the
-- answers and the four rules are those that bridge.py has at its head.

local texts, objects = ...
local null, array, is_array = texts.null, texts.array, texts.is_array
local failure, fail, as_error = objects.failure, objects.fail, objects.as_error
local as_json, bare, given = objects.as_json, objects.bare, objects.given
local attribute, asked, listed = objects.attribute, objects.asked, objects.listed
local id_of, is_object = objects.id_of, objects.is_object

local unpack = unpack or table.unpack

local PROTOCOL = 1
-- The class of each, and of what it is asked for with which method.
local NAMED = {
  storage = { "MediaStorage", "resolve", "GetMediaStorage" },
  project_manager = { "ProjectManager", "resolve", "GetProjectManager" },
  project = { "Project", "project_manager", "GetCurrentProject" },
  timeline = { "Timeline", "project", "GetCurrentTimeline" },
  pool = { "MediaPool", "project", "GetMediaPool" },
  root_folder = { "Folder", "pool", "GetRootFolder" },
  current_folder = { "Folder", "pool", "GetCurrentFolder" },
}
-- The classes whose objects have a unique id.
local CLASSES = {
  project = "Project", timeline = "Timeline", item = "TimelineItem", media = "MediaPoolItem",
  folder = "Folder",
}
local KINDS = {}
for kind, class in pairs(CLASSES) do KINDS[class] = kind end
local WANTS = { ["true"] = true, value = true, number = true, list = true, any = true }
local TRACK_TYPES = { "video", "audio", "subtitle" }
local POOL_ITEM = "mediaPoolItem"

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
        if objects.ends_all(failed) then error(failed, 0) end
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
  local row = objects.documented(self.classes, self:version(), owner, name)
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
  if objects.same(encoded, read.equals, given(read.within) or 0) then return end
  local text, label = "It was written, and reads back as something else.", owner .. "." .. read.call
  if value == nil then error(self:silence(label, "not_as_written", text), 0) end
  fail("not_as_written", text, label, encoded)
end

-- The object of an address, and its class.
function Bridge:found(address, results)
  if type(address) == "string" then return self:named(address) end
  if type(address) ~= "table" or address == null then fail("request", "This is no address.") end
  if given(address.result) then
    return self:earlier(address.result, given(address.at), results)
  end
  for kind, class in pairs(CLASSES) do
    if given(address[kind]) then
      return self:identified(kind, address[kind], given(address["in"])), class
    end
  end
  fail("request", texts.encode(address) .. " is no address.")
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
  if name == "resolve" then return self.resolve, "Resolve" end
  if not NAMED[name] then fail("request", name .. " is no address.") end
  local class, holder, method = unpack(NAMED[name])
  local thing = asked(self:named(holder), method)
  if thing == nil then
    error(self:silence("", "not_found", "There is no " .. name:gsub("_", " ") .. " open."), 0)
  end
  return thing, class
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
    local kind = KINDS[bare(returns)]
    -- Of other classes, such as Graph, no version documents an id.
    local uid = kind and id_of(value)
    if not uid or uid == "" then return { ["$"] = null } end
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
    local name = type(key) == "number" and texts.number_text(key) or tostring(key)
    object[name] = self:encoded(one, key == POOL_ITEM and CLASSES.media or inner)
  end
  return object
end

-- The answer to one line, and whether it was the last.
local function answer_line(bridge, line)
  local number, last = null, false
  local ok, reply = pcall(function()
    local request = texts.decode(line)
    if type(request) ~= "table" or is_array(request) or request == null then
      error("a request is an object", 0)
    end
    number, last = request.id or null, request["do"] == "bye"
    return bridge:answer(request)
  end)
  if not ok then reply = { error = as_json(as_error(reply)) } end
  reply.id = number
  return texts.encode(reply) .. "\n", last
end

return { Bridge = Bridge, answer_line = answer_line }
