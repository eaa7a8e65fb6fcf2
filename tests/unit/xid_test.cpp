// Faults that the NVIDIA driver writes into the kernel's log.
#include <gtest/gtest.h>

#include "backends/cuda/xid.hpp"
#include "tests/unit/made_up_root.hpp"

namespace shortfall {
namespace {

TEST(Xid, IsReadFromALineOfTheLog) {
  EXPECT_EQ(
      xid_in("3,912,8123456789,-;NVRM: Xid (PCI:0000:17:00): 79, pid='<unknown>', name=<unknown>, "
             "GPU has fallen off the bus."),
      (Xid{79, "0000:17:00"}));
  EXPECT_EQ(xid_in("[ 12.3] NVRM: Xid (PCI:0000:c1:00): 31, pid=1234, Ch 00000008"),
            (Xid{31, "0000:c1:00"}));
  EXPECT_EQ(xid_in("NVRM: Xid (PCI:0000:17:00): 119"), (Xid{119, "0000:17:00"}));
}

TEST(Xid, IsNotInOtherLines) {
  for (const char* const line :
       {"", "NVRM: loading NVIDIA UNIX x86_64 Kernel Module", "NVRM: Xid (PCI:0000:17:00",
        "NVRM: Xid (PCI:0000:17:00): ", "NVRM: Xid (PCI:0000:17:00): many, pid=1",
        "NVRM: Xid (PCI:0000:17:00): 79x", "NVRM: Xid (PCI:0000:17:00): -1, pid=1",
        "NVRM: Xid (PCI:0000:17:00): 99999999999999999999, pid=1"}) {
    EXPECT_FALSE(xid_in(line)) << line;
  }
}

TEST(Xid, IsToldInWords) {
  EXPECT_EQ(words_of_xid(79), "Xid 79: GPU has fallen off the bus");
  EXPECT_EQ(words_of_xid(48), "Xid 48: uncorrectable memory error");
  EXPECT_EQ(words_of_xid(12345), "Xid 12345");
}

TEST(Xid, IsOfTheGpuOfItsSlot) {
  EXPECT_TRUE(is_of({79, "0000:C1:00"}, "0000:c1:00.0"));
  EXPECT_TRUE(is_of({79, "0000:c1:00.0"}, "0000:c1:00.0"));
  EXPECT_FALSE(is_of({79, "0000:c1:00"}, "0000:c2:00.0"));
}

class KernelLogOfGpu : public MadeUpRoot {
 protected:
  void append(const std::string& text) const {
    std::ofstream(root.path + "/dev/kmsg", std::ios::app) << text;
  }
};

TEST_F(KernelLogOfGpu, TellsWhatCameSinceItWasOpened) {
  file("/dev/kmsg", "3,1,1,-;NVRM: Xid (PCI:0000:17:00): 48, pid=1\n");
  KernelLog log(root.path);
  EXPECT_FALSE(log.last_fault_of("0000:17:00.0")) << "that was before";

  append("3,2,2,-;NVRM: Xid (PCI:0000:18:00): 31, pid=1\n");
  EXPECT_FALSE(log.last_fault_of("0000:17:00.0")) << "that is another GPU's";

  append("3,3,3,-;NVRM: Xid (PCI:0000:17:00): 63, pid=1\n3,4,4,-;NVRM: Xid (PCI:0000:17:00): 79\n");
  EXPECT_EQ(log.last_fault_of("0000:17:00.0"), 79);
  EXPECT_FALSE(log.last_fault_of("0000:17:00.0"));
}

TEST_F(KernelLogOfGpu, WaitsForTheEndOfALine) {
  file("/dev/kmsg", "");
  KernelLog log(root.path);

  append("NVRM: Xid (PCI:0000:17:00): 7");
  EXPECT_FALSE(log.last_fault_of("0000:17:00.0"));
  append("9, GPU has fallen off the bus.\n");
  EXPECT_EQ(log.last_fault_of("0000:17:00.0"), 79);
}

TEST_F(KernelLogOfGpu, IsEmptyWithoutTheRightToReadIt) {
  EXPECT_FALSE(KernelLog(root.path).last_fault_of("0000:17:00.0"));
}

}  // namespace
}  // namespace shortfall
