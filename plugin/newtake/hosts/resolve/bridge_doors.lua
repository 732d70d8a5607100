-- The way by which the bridge in Lua and newtake come together: a folder, and Fusion's preferences.
--
-- The folder is that of spool.py. The free edition from 21.1 on runs menu scripts without io,
-- os.execute, require, dofile and more (measured by others; 21.1): there requests are read by
-- `loadfile`, as everywhere, and answers are put into Fusion's preferences.
--
-- A launcher loads this file and runs it with its path, then calls the global
-- `newtake_main(resolve, command, spool_parent)`; the value of the file is for tests.

local FOLDER = (...):match("^(.*[/\\])") or ""

-- What a file beside this one gives, for what it is given.
local function beside(name, ...)
  local chunk, why = loadfile(FOLDER .. name)
  if not chunk then error("New Take: its environment is not whole: " .. tostring(why), 0) end
  return chunk(...)
end

local texts = beside("bridge_text.lua")
local objects = beside("bridge_objects.lua", texts)
local bridge = beside("bridge.lua", texts, objects)

local POLL_SECONDS = 0.05
-- Silence is counted in our own polls: a computer that slept has ended nobody.
local POLLS_TO_START = 1200
local POLLS_BY_HAND = 12000
local POLLS_OF_SILENCE = 600
local POLLS_A_BEAT = 10
local BY_HAND = "by-hand"
local ANSWER_KEY = "Global.NewTake.Answer"
local SCRIPT_KEY = "Global.NewTake.Script"

local unpack = unpack or table.unpack

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
    app:SetPrefs(ANSWER_KEY, session .. ":" .. number .. ":" .. texts.base64(line))
    app:SavePrefs()
    return true
  end
end

-- Whether this script is the one that was started last: two that answer would do all twice.
-- Where the preferences cannot be read, nobody knows, and it is.
local function last_started(app, name)
  local ok, found = pcall(function() return app:GetPrefs(SCRIPT_KEY) end)
  return not ok or found == nil or tostring(found) == name
end

-- Answer what lies in the folder until the other side ends; "another" when a new one came for it.
--   is_ours  asked before each request; where it says no, another script answers from now on
local function serve(server, folder, session, give, is_ours)
  local number, beat, silent = 1, nil, 0
  while true do
    local line = read(numbered(folder, number, "request"))
    if line then
      if is_ours and not is_ours() then return "ended" end
      local reply, last = bridge.answer_line(server, line)
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
  if on_windows() then os.execute("rd " .. texts.cmd_quoted((folder:gsub("/", "\\")))) end
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
    os.execute(on_windows() and texts.windows_folder(folder) or texts.posix_folder(folder))
  end
end

local function table_of(folder)
  local ok, found = pcall(texts.decode, read(folder .. "/table") or "")
  if not ok then error("New Take: its table of Resolve's versions cannot be read.", 0) end
  return found.classes
end

-- Where nothing can be started or written: meet the newtake that the editor starts by hand.
local function serve_by_hand(resolve, parent)
  local folder = parent .. "/" .. BY_HAND
  local app = fusion or fu or objects.asked(resolve, "Fusion")
  local name = fresh_name()
  pcall(function() app:SetPrefs(SCRIPT_KEY, name) end)
  local function is_ours() return last_started(app, name) end
  local state = "another"
  while state == "another" do
    local session = await_session(folder, POLLS_BY_HAND, true)
    if not session then
      error("New Take: this edition of Resolve lets no script start a program. Run "
        .. "`newtake resolve open --by-hand` in a terminal, then choose New Take here again.", 0)
    end
    local server = bridge.Bridge.new(resolve, table_of(folder), "lua")
    state = serve(server, folder, session, answer_by_prefs(session, app), is_ours)
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
  os.execute(on_windows() and texts.windows_start(words) or texts.posix_start(words))
  local session = await_session(folder, POLLS_TO_START, false)
  if not session then
    remove_folder(folder, 0)
    error("New Take: its program did not start: " .. table.concat(words, " "), 0)
  end
  local server = bridge.Bridge.new(resolve, table_of(folder), "lua")
  local give, last = answer_by_file(folder), 0
  serve(server, folder, session, function(number, line)
    last = number
    return give(number, line)
  end)
  remove_folder(folder, last + 1)
end

texts.Bridge, texts.answer_line = bridge.Bridge, bridge.answer_line
return texts
