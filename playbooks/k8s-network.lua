--- Pods on one node of a cluster do not reach what runs on others.
---
--- The nodes are asked themselves, over SSH: whether each reaches a pod or a service, whether the network between the nodes is there, and
--- what runs the node. Where some are cut off and others are not, what runs them is restarted, one node at a time: the next one only when
--- the one before reaches others again. A cluster that has lost its quorum is not helped by another restart.

local function cut_off(found)
  local list = {}
  for _, one in ipairs(found.reach) do
    if one.value and not one.value.reachable then list[#list + 1] = one end
  end
  return list
end

local function unknown(found)
  for _, one in ipairs(found.reach) do
    if one.error then return one end
  end
end

-- Of a list by node, what was read of this one.
local function of_node(list, node)
  for _, one in ipairs(list or {}) do
    if one.target == node then return one.value end
  end
end

local function network_text(found, arg, node)
  local link = of_node(found.links, node)
  if not link then return arg.link .. " cannot be looked at" end
  return (link.exit_code == 0 and "it has " or "it has no ") .. arg.link
end

local function each_reaches(arg)
  local checks = {}
  for at, node in ipairs(arg.nodes) do checks[at] = check.host(node):can_reach(arg.probe).reachable:is(true) end
  return checks
end

return playbook "k8s-network" {
  alerts = { "KubePodNetworkDown", "KubeNodeNetworkUnavailable" },
  severity = "SEV-2",
  owner = "infra on-call",

  inputs = {
    nodes = input.ssh("the nodes of the cluster"):many(),
    probe = input.http "a pod or a service that every node must reach",
    unit = input.text("the unit that runs a node"):default "k3s.service",
    link = input.text("the network between the nodes"):default "flannel.1",
  },

  findings = {
    ["nobody-reaches"] = "no node reaches it: what is asked for is in trouble, not a node",
    ["node-stopped"] = "what runs the node does not run there",
    ["node-cut-off"] = "a node does not reach what others do",
  },

  evidence = function(see, arg)
    local function of_each(read)
      return parallel.map(arg.nodes, function(node) return read(see.host(node)) end)
    end
    return {
      reach = of_each(function(host) return host:can_reach(arg.probe) end),
      units = of_each(function(host) return host:unit(arg.unit) end),
      links = of_each(function(host) return host:exec_read { "ip", "-br", "link", "show", "dev", arg.link } end),
      logs = of_each(function(host) return host:journal { unit = arg.unit, lines = 100, priority = "warning" } end),
    }
  end,

  diagnose = function(found, arg)
    if not found.reach then return unclear "no node could be asked" end
    local list, unread = cut_off(found), unknown(found)
    if #list == 0 then
      if unread then return unclear("nobody knows what %s reaches: %s", tostring(unread.target), unread.error.message) end
      return healthy("each of %d nodes reaches %s", #arg.nodes, tostring(arg.probe))
    end
    if #list == #arg.nodes then
      return finding("nobody-reaches", "none of %d nodes reaches %s: %s", #list, list[1].value.address, list[1].value.why)
        :next "look at the pod or the service itself, and at network policies"
    end
    local first = list[1]
    local unit = of_node(found.units, first.target)
    if unit and unit.active ~= "active" then
      return finding("node-stopped", "%s does not reach %s; %s is %s there", tostring(first.target), first.value.address, arg.unit, unit.active)
    end
    return finding("node-cut-off", "%s does not reach %s: %s", tostring(first.target), first.value.address, network_text(found, arg, first.target))
  end,

  mitigations = {
    mitigation "restart-nodes" {
      answers = { "node-cut-off", "node-stopped" },
      plan = function(found, arg)
        local nodes = {}
        for at, one in ipairs(cut_off(found)) do nodes[at] = one.target end
        if #nodes == 0 then return {} end
        local function reaches(node) return { check.host(node):can_reach(arg.probe).reachable:is(true) } end
        return {
          change.across(nodes, { check = reaches, within = "2m" }, function(node)
            return { change.unit_restart(node, { unit = arg.unit, comment = "its pods go on running" }) }
          end),
        }
      end,
      verify = each_reaches,
      within = "2m",
      holds = "5s",
    },
  },

  follow_up = { after("1d", "Why did the node lose its network? Its journal of that time is in the evidence.") },
}
