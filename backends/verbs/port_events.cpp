#include "backends/verbs/port_events.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>

#include <algorithm>

namespace shortfall::verbs {

// Events that nobody has read yet are of the past.
PortEvents::PortEvents(const Port& port, const GidEntry& gid) : port_(port), gid_(gid) {
  const int descriptor = port_.device->context->async_fd;
  fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
  hear(0);
  down_.reset();
}

void PortEvents::hear(double now) {
  pollfd wanted{port_.device->context->async_fd, POLLIN, 0};
  while (poll(&wanted, 1, 0) > 0) {
    ibv_async_event event{};
    if (ibv_get_async_event(port_.device->context.get(), &event) != 0) return;
    take_in(event, now);
    ibv_ack_async_event(&event);
  }
}

void PortEvents::take_in(const ibv_async_event& event, double now) {
  const bool is_here = event.element.port_num == port_.number;  // of events of ports alone
  if (event.event_type == IBV_EVENT_DEVICE_FATAL) {
    fatal_ = {"IBV_EVENT_DEVICE_FATAL", now};
  } else if (event.event_type == IBV_EVENT_PORT_ACTIVE && is_here) {
    down_.reset();
  } else if (event.event_type == IBV_EVENT_PORT_ERR && is_here) {
    down_ = {"IBV_EVENT_PORT_ERR", now};
  } else if (event.event_type == IBV_EVENT_GID_CHANGE && is_here) {
    gone_.reset();
    if (!has_address()) {
      gone_ = {
          fmt::format("IBV_EVENT_GID_CHANGE (GID {}, {}, was withdrawn)", gid_.index, gid_.address),
          now};
    }
  }
}

bool PortEvents::has_address() const {
  if (gid_.type.empty()) return true;  // none is used
  const auto all = gids_of(*port_.device->context, port_.number);
  return std::ranges::any_of(all, [&](const GidEntry& entry) {
    return entry.index == gid_.index && entry.address == gid_.address;
  });
}

bool PortEvents::is_active() const {
  ibv_port_attr found{};
  const auto number = static_cast<std::uint8_t>(port_.number);
  return ibv_query_port(port_.device->context.get(), number, &found) == 0 &&
         found.state == IBV_PORT_ACTIVE;
}

// Each event goes to one of those who listen to a device: another one may have read of the end.
void PortEvents::forget_what_is_over() {
  if (down_ && is_active()) down_.reset();
  if (gone_ && has_address()) gone_.reset();
}

std::optional<std::string> PortEvents::why_hopeless(double now) {
  // Half a second, seven times, and some more: see Queue::connect().
  constexpr double repeated_s = 5;
  const auto lasts = [&](const std::optional<Heard>& heard) {
    return heard && now - heard->at > repeated_s;
  };
  if (lasts(down_) || lasts(gone_)) forget_what_is_over();
  if (fatal_ || lasts(down_) || lasts(gone_)) return text(now);
  return std::nullopt;
}

std::string PortEvents::text(double now) const {
  std::string text;
  for (const auto& heard : {fatal_, down_, gone_}) {
    if (!heard) continue;
    text +=
        fmt::format("{}{} {:.1f} s ago", text.empty() ? "" : ", ", heard->what, now - heard->at);
  }
  return text;
}

}  // namespace shortfall::verbs
