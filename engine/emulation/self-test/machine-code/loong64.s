# System call: number in a7, arguments in a0 to a5, result in a0.

.section look, "ax"
    ori $a0, $zero, 1
    move $a1, $sp
    ori $a2, $zero, LOOK_STACK
    ori $a7, $zero, 64      # write
    syscall 0
    ori $a0, $zero, 1
    ld.d $a1, $sp, 8
    ori $a2, $zero, LOOK_NAME
    ori $a7, $zero, 64
    syscall 0
    move $a0, $zero
    ori $a7, $zero, 93      # exit
    syscall 0

.section crash, "ax"
    ld.d $a0, $zero, 0
    move $a0, $zero
    ori $a7, $zero, 93
    syscall 0

.section calls, "ax"
    lu12i.w $s0, TABLE >> 12
    ori $s0, $s0, TABLE & 0xfff
    addi.d $s1, $sp, -SCRATCH
    addi.d $s2, $zero, -1
1:  ld.d $a7, $s0, 0
    beq $a7, $s2, 2f
    move $a0, $s2
    move $a1, $s2
    move $a2, $s2
    move $a3, $s2
    move $a4, $s2
    move $a5, $s2
    syscall 0
    st.d $a0, $s1, 0
    addi.d $s0, $s0, 8
    addi.d $s1, $s1, 8
    b 1b
2:  ori $a0, $zero, 1
    addi.d $a1, $sp, -SCRATCH
    sub.d $a2, $s1, $a1
    ori $a7, $zero, 64
    syscall 0
    move $a0, $zero
    ori $a7, $zero, 93
    syscall 0

.section spin, "ax"
    lu12i.w $t1, TABLE >> 12
    ori $t1, $t1, TABLE & 0xfff
    ld.d $t2, $t1, 0
    move $t0, $zero
1:  slli.d $t3, $t0, 2
    add.d $t0, $t0, $t3
    add.d $t0, $t0, $t2
    st.d $t0, $sp, -16
    bl 3f
    addi.d $t2, $t2, -1
    bnez $t2, 1b
    move $a0, $zero
    ori $a7, $zero, 93
    syscall 0
3:  ld.d $t3, $sp, -16
    srli.d $t3, $t3, 3
    xor $t0, $t0, $t3
    ret
