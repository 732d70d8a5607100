-- Asks DaVinci Resolve's objects, and says what came of it: a value, nothing, or a failure.
--
-- Also which methods a version's objects have: bridge_objects.py's twin. A failure is raised.

local null = (...).null

local unpack = unpack or table.unpack

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

return {
  failure = failure, fail = fail, as_error = as_error, as_json = as_json, ends_all = ends_all,
  documented = documented, attribute = attribute, asked = asked, listed = listed, id_of = id_of,
  is_object = is_object, bare = bare, same = same, given = given,
}
